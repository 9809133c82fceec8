// What the APIs of settings have in common: the kinds of resources they name, and how the same
// resource named twice is refused.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "protocol/errors.h"

namespace odradek::api {

inline constexpr std::int8_t kTopicResource = 2;
inline constexpr std::int8_t kBrokerResource = 4;
inline constexpr std::int8_t kBrokerLoggerResource = 8;
inline constexpr std::int8_t kClientMetricsResource = 16;

// No kind of setting that can be altered.
inline base::Error unknown_config_resource(std::int8_t type) {
  return base::Error(protocol::ErrorCode::kInvalidRequest,
                     type == kClientMetricsResource
                         ? "AlterConfigs is only supported for topics and brokers, but resource "
                           "type is CLIENT_METRICS"
                         : "Unknown resource type " + std::to_string(type));
}

// Answers each resource of a request to alter settings with what `alter` says of it. One that is
// named more than once is altered not at all.
template <class Response, class Resource, class Alter>
Response alter_each(const std::vector<Resource>& resources, Alter alter) {
  std::map<std::pair<std::int8_t, std::string>, int> mentions;
  for (const Resource& resource : resources) {
    ++mentions[{resource.resource_type, resource.resource_name}];
  }
  Response response;
  for (const Resource& resource : resources) {
    base::Status altered =
        mentions[{resource.resource_type, resource.resource_name}] > 1
            ? base::Status(base::Error(protocol::ErrorCode::kInvalidRequest,
                                       "Each resource must appear at most once."))
            : alter(resource);
    auto& answer = response.responses.emplace_back();
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
    answer.error_message.reset();
    if (altered) continue;
    answer.error_code = protocol::code_of(altered.error());
    answer.error_message = altered.error().message;
  }
  return response;
}

}  // namespace odradek::api
