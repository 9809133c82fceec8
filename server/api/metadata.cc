// Metadata (key 3): brokers, topics and leaders as this broker knows them; topics named may be
// created on the way.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "server/admin/topic_names.h"
#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/api/operations.h"
#include "server/api/zookeeper_lane.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::MetadataRequest;
using protocol::MetadataResponse;

constexpr std::int16_t kFirstVersionWithNoTopics = 1;   // an empty list is none, null is all
constexpr std::int16_t kFirstVersionWithListeners = 6;  // knows LISTENER_NOT_FOUND

MetadataResponse::Partition partition_of(const metadata::MetadataImage& image,
                                         const metadata::PartitionInfo& known,
                                         const std::string& listener, std::int16_t version) {
  MetadataResponse::Partition partition;
  partition.partition_index = known.index;
  partition.leader_id = known.leader;
  partition.leader_epoch = known.leader_epoch;
  partition.replica_nodes = known.replicas;
  partition.isr_nodes = known.isr;
  partition.offline_replicas = known.offline_replicas;
  auto leader = image.brokers.find(known.leader);
  if (leader == image.brokers.end()) {
    partition.error_code = ErrorCode::kLeaderNotAvailable;
    partition.leader_id = protocol::kNoBroker;
  } else if (leader->second.endpoint(listener) == nullptr) {
    partition.error_code = version >= kFirstVersionWithListeners ? ErrorCode::kListenerNotFound
                                                                 : ErrorCode::kLeaderNotAvailable;
    partition.leader_id = protocol::kNoBroker;
  }
  return partition;
}

MetadataResponse::Topic topic_of(const metadata::MetadataImage& image,
                                 const metadata::TopicInfo& known, const RequestContext& context,
                                 bool wants_operations) {
  MetadataResponse::Topic topic;
  topic.name = known.name;
  topic.topic_id = known.id;
  topic.is_internal = admin::is_internal_topic(known.name);
  for (const auto& [index, partition] : known.partitions) {
    topic.partitions.push_back(
        partition_of(image, partition, context.listener(), context.version()));
  }
  if (wants_operations) topic.topic_authorized_operations = kAllTopicOperations;
  return topic;
}

bool may_be_created(const Services& services, const std::string& name, bool client_allows) {
  if (!client_allows || !admin::check_topic_name(name)) return false;
  return services.config()->auto_create_topics_enable || admin::is_internal_topic(name);
}

// A topic that is asked for by name and not known here.
ErrorCode missing(Services& services, const std::string& name, bool may_create) {
  if (!admin::check_topic_name(name)) return ErrorCode::kInvalidTopicException;
  if (!may_be_created(services, name, may_create)) return ErrorCode::kUnknownTopicOrPartition;
  // The client asks again; until then it has at least the other topics.
  if (!services.zookeeper_lane.is_connected()) return ErrorCode::kLeaderNotAvailable;
  base::Status created = services.topics.auto_create(name);
  return created ? ErrorCode::kLeaderNotAvailable : protocol::code_of(created.error());
}

MetadataResponse::Topic asked_topic(Services& services, const metadata::MetadataImage& image,
                                    const RequestContext& context, const MetadataRequest& request,
                                    const MetadataRequest::Topic& asked) {
  const metadata::TopicInfo* known =
      asked.name ? image.topic(*asked.name) : image.topic(asked.topic_id);
  if (known != nullptr) {
    return topic_of(image, *known, context, request.include_topic_authorized_operations);
  }
  MetadataResponse::Topic topic;
  topic.name = asked.name;
  topic.topic_id = asked.topic_id;
  topic.error_code = asked.name ? missing(services, *asked.name, request.allow_auto_topic_creation)
                                : ErrorCode::kUnknownTopicId;
  topic.is_internal = asked.name && admin::is_internal_topic(*asked.name);
  return topic;
}

void add_brokers(const metadata::MetadataImage& image, const std::string& listener,
                 MetadataResponse& response) {
  for (const auto& [id, broker] : image.brokers) {
    const metadata::BrokerEndpoint* endpoint = broker.endpoint(listener);
    if (endpoint == nullptr) continue;
    response.brokers.push_back(
        {.node_id = id, .host = endpoint->host, .port = endpoint->port, .rack = broker.rack});
  }
}

bool must_create(const Services& services, const MetadataRequest& request) {
  if (!request.topics || !request.allow_auto_topic_creation) return false;
  auto image = services.metadata.image();
  return std::any_of(request.topics->begin(), request.topics->end(), [&](const auto& asked) {
    return asked.name && image->topic(*asked.name) == nullptr &&
           may_be_created(services, *asked.name, true);
  });
}

void answer(Services& services, RequestContext& context, const MetadataRequest& request) {
  auto image = services.metadata.image();
  MetadataResponse response;
  response.cluster_id = services.cluster_id;
  if (image->is_alive(image->controller_id)) response.controller_id = image->controller_id;
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kAllClusterOperations;
  }
  add_brokers(*image, context.listener(), response);
  bool wants_all =
      !request.topics || (request.topics->empty() && context.version() < kFirstVersionWithNoTopics);
  if (wants_all) {
    for (const auto& [name, known] : image->topics) {
      response.topics.push_back(
          topic_of(*image, *known, context, request.include_topic_authorized_operations));
    }
  } else {
    std::set<std::pair<std::optional<std::string>, base::Uuid>> answered;
    for (const auto& asked : *request.topics) {
      if (!answered.emplace(asked.name, asked.topic_id).second) continue;
      response.topics.push_back(asked_topic(services, *image, context, request, asked));
    }
  }
  context.reply(response);
}

}  // namespace

void metadata(Services& services, RequestContext context, MetadataRequest request) {
  if (!must_create(services, request)) return answer(services, context, request);
  SharedContext shared = share(std::move(context));
  auto kept = std::make_shared<MetadataRequest>(std::move(request));
  services.zookeeper_lane.run(shared,
                              [&services, shared, kept] { answer(services, *shared, *kept); });
}

}  // namespace odradek::api
