// IncrementalAlterConfigs (key 44): single settings of topics and brokers are set, removed, or as
// lists grown and shrunk; levels of this broker's loggers are set and removed.
#include <utility>

#include "server/admin/broker_loggers.h"
#include "server/admin/config_admin.h"
#include "server/api/apis.h"
#include "server/api/config_resources.h"

namespace odradek::api {
namespace {

using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;
using Resource = IncrementalAlterConfigsRequest::Resource;

base::Status alter(Services& services, const Resource& resource, bool validate_only) {
  std::vector<admin::ConfigChange> changes;
  for (const auto& config : resource.configs) {
    changes.push_back(
        {.name = config.name,
         .operation = static_cast<admin::ConfigChange::Operation>(config.config_operation),
         .value = config.value});
  }
  if (base::Status sane = admin::check_changes(changes); !sane) return sane;
  admin::ConfigAdmin config_admin(services.broker_id, services.configs, services.metadata,
                                  services.dynamic_config);
  switch (resource.resource_type) {
    case kTopicResource:
      return config_admin.change_topic(resource.resource_name, changes, validate_only);
    case kBrokerResource:
      return config_admin.change_broker(resource.resource_name, changes, validate_only);
    case kBrokerLoggerResource:
      return services.broker_loggers.change(resource.resource_name, changes, validate_only);
    default:
      return unknown_config_resource(resource.resource_type);
  }
}

}  // namespace

void incremental_alter_configs(Services& services, RequestContext context,
                               IncrementalAlterConfigsRequest request) {
  context.reply(alter_each<IncrementalAlterConfigsResponse>(
      request.resources,
      [&](const Resource& resource) { return alter(services, resource, request.validate_only); }));
}

}  // namespace odradek::api
