// FindCoordinator (key 10): the broker that leads a group's partition of __consumer_offsets.
#include <algorithm>
#include <utility>

#include "server/admin/topic_names.h"
#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/api/zookeeper_lane.h"
#include "server/group/group_table.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using Coordinator = protocol::FindCoordinatorResponse::Coordinator;

constexpr std::int16_t kFirstVersionWithBatch = 4;
constexpr std::int8_t kGroup = 0;

Coordinator refuse(std::string key, ErrorCode error, const std::string& why) {
  return {.key = std::move(key),
          .node_id = protocol::kNoBroker,
          .host = "",
          .port = -1,
          .error_code = error,
          .error_message = why};
}

Coordinator find(Services& services, const std::string& listener, const std::string& key) {
  auto image = services.metadata.image();
  std::string offsets_topic(admin::kConsumerOffsetsTopic);
  const metadata::TopicInfo* topic = image->topic(offsets_topic);
  if (topic == nullptr && !services.zookeeper_lane.is_connected()) {
    return refuse(key, ErrorCode::kCoordinatorNotAvailable,
                  "The topic of the coordinators cannot be created while ZooKeeper is away");
  }
  if (topic == nullptr) {
    base::Status created = services.topics.auto_create(offsets_topic);
    return refuse(
        key, ErrorCode::kCoordinatorNotAvailable,
        created ? "The topic of the coordinators is being created" : created.error().message);
  }
  auto count = static_cast<std::int32_t>(topic->partitions.size());
  auto partition = topic->partitions.find(group::partition_of_group(key, count));
  auto broker = partition == topic->partitions.end()
                    ? image->brokers.end()
                    : image->brokers.find(partition->second.leader);
  const metadata::BrokerEndpoint* endpoint =
      broker == image->brokers.end() ? nullptr : broker->second.endpoint(listener);
  if (endpoint == nullptr) {
    return refuse(key, ErrorCode::kCoordinatorNotAvailable,
                  "No live broker leads the coordinator's partition");
  }
  return {.key = key,
          .node_id = broker->first,
          .host = endpoint->host,
          .port = endpoint->port,
          .error_code = ErrorCode::kNone,
          .error_message = ""};
}

void answer(Services& services, RequestContext& context,
            protocol::FindCoordinatorRequest& request) {
  protocol::FindCoordinatorResponse response;
  bool is_batch = context.version() >= kFirstVersionWithBatch;
  if (!is_batch) request.coordinator_keys = {request.key};
  for (const std::string& key : request.coordinator_keys) {
    response.coordinators.push_back(
        request.key_type == kGroup
            ? find(services, context.listener(), key)
            : refuse(key, ErrorCode::kInvalidRequest, "Only groups have coordinators here"));
  }
  if (!is_batch) {
    Coordinator only = std::move(response.coordinators.front());
    response.coordinators.clear();
    response.error_code = only.error_code;
    response.error_message = std::move(only.error_message);
    response.node_id = only.node_id;
    response.host = std::move(only.host);
    response.port = only.port;
  }
  context.reply(response);
}

}  // namespace

void find_coordinator(Services& services, RequestContext context,
                      protocol::FindCoordinatorRequest request) {
  bool must_create =
      request.key_type == kGroup &&
      services.metadata.image()->topic(std::string(admin::kConsumerOffsetsTopic)) == nullptr;
  if (!must_create) return answer(services, context, request);
  SharedContext shared = share(std::move(context));
  auto kept = std::make_shared<protocol::FindCoordinatorRequest>(std::move(request));
  services.zookeeper_lane.run(shared,
                              [&services, shared, kept] { answer(services, *shared, *kept); });
}

}  // namespace odradek::api
