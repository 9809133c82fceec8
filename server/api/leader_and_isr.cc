// LeaderAndIsr (key 4): the controller makes this broker leader or follower of partitions.
#include <utility>
#include <vector>

#include "base/log.h"
#include "server/admin/topic_names.h"
#include "server/api/apis.h"
#include "server/api/broker_epoch.h"
#include "server/group/loader.h"
#include "server/replica/fetcher/fetchers.h"
#include "server/replica/leadership.h"
#include "server/replica/log_dir_mover.h"

namespace odradek::api {

void leader_and_isr(Services& services, RequestContext context,
                    protocol::LeaderAndIsrRequest request) {
  protocol::LeaderAndIsrResponse response;
  if (is_stale_broker_epoch(services, request.broker_epoch)) {
    LOG(INFO) << "[controller " << request.controller_id << " epoch " << request.controller_epoch
              << "] sent LeaderAndIsr to an earlier registration of this broker (epoch "
              << request.broker_epoch << "); refused";
    response.error_code = ErrorCode::kStaleBrokerEpoch;
    return context.reply(response);
  }
  response.error_code = services.leadership.accept_controller(request.controller_epoch);
  if (response.error_code != ErrorCode::kNone) {
    LOG(WARNING) << "[controller " << request.controller_id << " epoch " << request.controller_epoch
                 << "] is not the newest controller; its LeaderAndIsr is refused";
    return context.reply(response);
  }
  replica::LeadershipChanges changes;
  response = services.leadership.apply(request, changes);
  std::vector<protocol::TopicPartition> changed;
  for (const replica::RoleChange& change : changes.led) changed.push_back(change.partition);
  for (const replica::RoleChange& change : changes.followed) changed.push_back(change.partition);
  services.fetchers.update(changed);
  for (const replica::RoleChange& change : changes.led) {
    if (change.partition.topic == admin::kConsumerOffsetsTopic) {
      services.group_loader.led(change.partition.partition, change.leader_epoch);
    }
  }
  for (const replica::RoleChange& change : changes.followed) {
    if (change.partition.topic == admin::kConsumerOffsetsTopic) {
      services.group_loader.lost(change.partition.partition, change.leader_epoch);
    }
  }
  services.log_dir_mover.wake();
  context.reply(response);
}

}  // namespace odradek::api
