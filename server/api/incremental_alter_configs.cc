// IncrementalAlterConfigs (key 44): single settings of topics are set, removed, or as lists grown
// and shrunk. Of brokers settings can be removed; this broker takes none while it runs.
#include <map>
#include <utility>

#include "base/text.h"
#include "server/admin/config_changes.h"
#include "server/api/apis.h"
#include "server/config/topic_config.h"
#include "server/metadata/metadata_cache.h"
#include "zk/store/configs.h"

namespace odradek::api {
namespace {

using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;
using Resource = IncrementalAlterConfigsRequest::Resource;
using Operation = admin::ConfigChange::Operation;

constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kBroker = 4;

base::Error refuse(ErrorCode code, const std::string& why) { return base::Error(code, why); }

base::Result<std::vector<admin::ConfigChange>> changes_of(const Resource& resource) {
  std::vector<admin::ConfigChange> changes;
  for (const auto& config : resource.configs) {
    if (config.config_operation < 0 || config.config_operation > 3) {
      return refuse(ErrorCode::kInvalidRequest,
                    "Unknown operation " + std::to_string(config.config_operation));
    }
    changes.push_back({.name = config.name,
                       .operation = static_cast<Operation>(config.config_operation),
                       .value = config.value});
  }
  base::Status sane = admin::check_changes(changes);
  if (!sane) return sane.error();
  return changes;
}

base::Status write(Services& services, const std::string& entity, const zk::ConfigMap& before,
                   const zk::ConfigMap& after, bool validate_only) {
  if (validate_only || before == after) return {};
  return services.configs.write(entity, after);
}

base::Status alter_topic(Services& services, const std::string& topic,
                         const std::vector<admin::ConfigChange>& changes, bool validate_only) {
  if (topic.empty()) {
    return refuse(ErrorCode::kInvalidRequest, "Default topic resources are not allowed.");
  }
  if (services.metadata.image()->topic(topic) == nullptr) {
    return refuse(ErrorCode::kUnknownTopicOrPartition, "The topic '" + topic + "' does not exist.");
  }
  const std::string entity = "topics/" + topic;
  auto stored = services.configs.read(entity);
  if (!stored) return stored.error();
  const config::Properties before(stored->begin(), stored->end());
  auto after = admin::change_topic_config(before, changes);
  if (!after) return after.error();
  base::Status valid = config::check_topic_config(*services.config, *after, &before);
  if (!valid) return valid;
  return write(services, entity, *stored, {after->begin(), after->end()}, validate_only);
}

base::Status alter_broker(Services& services, const std::string& broker,
                          const std::vector<admin::ConfigChange>& changes, bool validate_only) {
  const std::string own = std::to_string(services.broker_id);
  if (!broker.empty() && broker != own) {
    return refuse(ErrorCode::kInvalidRequest,
                  "Unexpected broker id, expected " + own + ", but received " + broker);
  }
  for (const admin::ConfigChange& change : changes) {
    if (change.operation == Operation::kDelete) continue;
    return refuse(ErrorCode::kInvalidRequest,
                  "Cannot update these configs dynamically: " + change.name +
                      "; this broker reads its settings at its start, from server.properties");
  }
  const std::string entity = "brokers/" + (broker.empty() ? "<default>" : own);
  auto before = services.configs.read(entity);
  if (!before) return before.error();
  zk::ConfigMap after = *before;
  for (const admin::ConfigChange& change : changes) after.erase(change.name);
  return write(services, entity, *before, after, validate_only);
}

base::Status alter(Services& services, const Resource& resource, bool validate_only) {
  auto changes = changes_of(resource);
  if (!changes) return changes.error();
  if (resource.resource_type == kTopic) {
    return alter_topic(services, resource.resource_name, *changes, validate_only);
  }
  if (resource.resource_type == kBroker) {
    return alter_broker(services, resource.resource_name, *changes, validate_only);
  }
  return refuse(ErrorCode::kInvalidRequest,
                "Unknown resource type " + std::to_string(resource.resource_type));
}

}  // namespace

void incremental_alter_configs(Services& services, RequestContext context,
                               IncrementalAlterConfigsRequest request) {
  std::map<std::pair<std::int8_t, std::string>, int> mentions;
  for (const Resource& resource : request.resources) {
    ++mentions[{resource.resource_type, resource.resource_name}];
  }
  IncrementalAlterConfigsResponse response;
  for (const Resource& resource : request.resources) {
    base::Status altered =
        mentions[{resource.resource_type, resource.resource_name}] > 1
            ? refuse(ErrorCode::kInvalidRequest, "Each resource must appear at most once.")
            : alter(services, resource, request.validate_only);
    auto& answer = response.responses.emplace_back();
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
    answer.error_message.reset();
    if (altered) continue;
    answer.error_code = protocol::code_of(altered.error());
    answer.error_message = altered.error().message;
  }
  context.reply(response);
}

}  // namespace odradek::api
