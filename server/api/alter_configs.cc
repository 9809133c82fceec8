// AlterConfigs (key 33): all settings of a topic or a broker are replaced by those of the request.
#include <utility>

#include "server/admin/config_admin.h"
#include "server/api/apis.h"
#include "server/api/config_resources.h"

namespace odradek::api {
namespace {

using protocol::AlterConfigsRequest;
using protocol::AlterConfigsResponse;

base::Status replace_settings(Services& services, const AlterConfigsRequest::Resource& resource,
                              bool validate_only) {
  std::vector<admin::ConfigChange> changes;
  config::Properties values;
  for (const auto& config : resource.configs) {
    changes.push_back({.name = config.name, .value = config.value});
    values[config.name] = config.value.value_or("");
  }
  if (base::Status sane = admin::check_changes(changes); !sane) return sane;
  admin::ConfigAdmin config_admin(services.broker_id, services.configs, services.metadata,
                                  services.dynamic_config);
  switch (resource.resource_type) {
    case kTopicResource:
      return config_admin.replace_topic(resource.resource_name, values, validate_only);
    case kBrokerResource:
      return config_admin.replace_broker(resource.resource_name, values, validate_only);
    default:
      return unknown_config_resource(resource.resource_type);
  }
}

}  // namespace

void alter_configs(Services& services, RequestContext context, AlterConfigsRequest request) {
  context.reply(alter_each<AlterConfigsResponse>(request.resources, [&](const auto& resource) {
    return replace_settings(services, resource, request.validate_only);
  }));
}

}  // namespace odradek::api
