// StopReplica (key 5): the controller takes replicas away, or has their logs deleted.
#include <optional>

#include "server/admin/topic_names.h"
#include "server/api/apis.h"
#include "server/api/broker_epoch.h"
#include "server/group/loader.h"
#include "server/replica/fetcher/fetchers.h"
#include "server/replica/leadership.h"

namespace odradek::api {

void stop_replica(Services& services, RequestContext context,
                  protocol::StopReplicaRequest request) {
  protocol::StopReplicaResponse response;
  response.error_code = is_stale_broker_epoch(services, request.broker_epoch)
                            ? ErrorCode::kStaleBrokerEpoch
                            : services.leadership.accept_controller(request.controller_epoch);
  if (response.error_code != ErrorCode::kNone) return context.reply(response);
  std::vector<protocol::TopicPartition> stopped;
  response = services.leadership.stop(request, stopped);
  services.fetchers.update(stopped);
  for (const protocol::TopicPartition& partition : stopped) {
    if (partition.topic == admin::kConsumerOffsetsTopic) {
      services.group_loader.lost(partition.partition, std::nullopt);
    }
  }
  context.reply(response);
}

}  // namespace odradek::api
