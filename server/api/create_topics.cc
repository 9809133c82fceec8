// CreateTopics (key 19): the controller's broker writes new topics into ZooKeeper and waits until
// they have leaders.
#include <map>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;

admin::NewTopic new_topic(const CreateTopicsRequest::Topic& asked) {
  admin::NewTopic topic{.name = asked.name,
                        .partitions = asked.num_partitions,
                        .replication_factor = asked.replication_factor};
  for (const auto& assignment : asked.assignments) {
    topic.assignment[assignment.partition_index] = assignment.broker_ids;
  }
  for (const auto& config : asked.configs) topic.configs[config.name] = config.value.value_or("");
  return topic;
}

constexpr std::string_view kClusterMetadataTopic = "__cluster_metadata";  // of KRaft

// What cannot even be read as a topic: the same topic or partition twice, a null value.
base::Status check_shape(const CreateTopicsRequest::Topic& asked,
                         const std::map<std::string, int>& mentions) {
  if (asked.name == kClusterMetadataTopic) {
    return base::Error(ErrorCode::kInvalidRequest,
                       "Creation of internal topic __cluster_metadata is prohibited.");
  }
  if (mentions.at(asked.name) > 1) {
    return base::Error(ErrorCode::kInvalidRequest, "Found multiple entries for this topic.");
  }
  std::map<std::int32_t, int> partitions;
  for (const auto& assignment : asked.assignments) {
    if (++partitions[assignment.partition_index] > 1) {
      return base::Error(ErrorCode::kInvalidReplicaAssignment,
                         "Partition " + std::to_string(assignment.partition_index) +
                             " is assigned more than once");
    }
  }
  std::vector<std::string> nulls;
  for (const auto& config : asked.configs) {
    if (!config.value) nulls.push_back(config.name);
  }
  if (nulls.empty()) return {};
  return base::Error(ErrorCode::kInvalidConfig,
                     "Null value not supported for topic configs: " + base::join(nulls, ","));
}

void fill(const Services& services, admin::CreatedTopic created,
          CreateTopicsResponse::Topic& answer) {
  answer.topic_id = created.topic_id;
  answer.num_partitions = created.partitions;
  answer.replication_factor = static_cast<std::int16_t>(created.replication_factor);
  for (auto& config : created.config.describe(*services.config())) {
    answer.configs->push_back({.name = std::move(config.name),
                               .value = std::move(config.value),
                               .read_only = config.read_only,
                               .config_source = static_cast<std::int8_t>(config.source),
                               .is_sensitive = config.sensitive});
  }
}

void refuse(const base::Error& error, CreateTopicsResponse::Topic& answer) {
  answer.error_code = protocol::code_of(error);
  answer.error_message.reset();
  if (!error.message.empty()) answer.error_message = error.message;
  answer.num_partitions = -1;
  answer.replication_factor = -1;
  answer.configs.emplace();
}

}  // namespace

void create_topics(Services& services, RequestContext context, CreateTopicsRequest request) {
  auto response = std::make_shared<CreateTopicsResponse>();
  std::map<std::string, int> mentions;
  for (const auto& topic : request.topics) ++mentions[topic.name];
  std::map<std::string, std::size_t> answered;
  std::map<std::string, std::int32_t> awaited;
  bool is_controller = services.controller.is_active();
  for (const auto& topic : request.topics) {
    if (answered.contains(topic.name)) continue;
    answered[topic.name] = response->topics.size();
    auto& answer = response->topics.emplace_back();
    answer.name = topic.name;
    answer.error_message.reset();
    if (!is_controller) {
      refuse(base::Error(ErrorCode::kNotController, ""), answer);
      continue;
    }
    base::Status shape = check_shape(topic, mentions);
    if (!shape) {
      refuse(shape.error(), answer);
      continue;
    }
    auto created = services.topics.create(new_topic(topic), request.validate_only);
    if (!created) {
      refuse(created.error(), answer);
      continue;
    }
    awaited[topic.name] = created->partitions;
    fill(services, std::move(*created), answer);
  }
  if (awaited.empty() || request.validate_only) return context.reply(*response);
  SharedContext shared = share(std::move(context));
  services.topics.wait_until_led(
      awaited, request.timeout_ms,
      [shared, response, answered](const std::vector<std::string>& late) {
        for (const std::string& name : late) {
          refuse(base::Error(ErrorCode::kRequestTimedOut, ""), response->topics[answered.at(name)]);
        }
        shared->reply(*response);
      });
}

}  // namespace odradek::api
