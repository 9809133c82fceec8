// UpdateMetadata (key 6): the controller tells what the cluster looks like now.
#include <set>
#include <string>
#include <vector>

#include "server/admin/topic_names.h"
#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/api/broker_epoch.h"
#include "server/group/group_removal.h"
#include "server/group/group_table.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/leadership.h"

namespace odradek::api {
namespace {

// Waits for topics may be over, and the number of coordinators may be known.
void tell_of_topics(Services& services, const protocol::UpdateMetadataRequest& request) {
  std::set<std::string> topics;
  for (const auto& topic : request.topic_states) topics.insert(topic.topic_name);
  for (const auto& state : request.ungrouped_partition_states) topics.insert(state.topic_name);
  std::string offsets_topic(admin::kConsumerOffsetsTopic);
  if (topics.contains(offsets_topic)) {
    auto image = services.metadata.image();
    const metadata::TopicInfo* known = image->topic(offsets_topic);
    if (known != nullptr) {
      services.group_table.set_partition_count(static_cast<std::int32_t>(known->partitions.size()));
    }
  }
  for (const std::string& topic : topics) services.topics.check(topic);
}

}  // namespace

void update_metadata(Services& services, RequestContext context,
                     protocol::UpdateMetadataRequest request) {
  protocol::UpdateMetadataResponse response;
  response.error_code = is_stale_broker_epoch(services, request.broker_epoch)
                            ? ErrorCode::kStaleBrokerEpoch
                            : services.leadership.accept_controller(request.controller_epoch);
  if (response.error_code == ErrorCode::kNone) {
    std::vector<protocol::TopicPartition> deleted = services.metadata.update(request);
    if (!deleted.empty()) services.group_removal.remove_deleted_partitions(deleted);
    tell_of_topics(services, request);
    services.leadership.reconsider_refusals();
  }
  context.reply(response);
}

}  // namespace odradek::api
