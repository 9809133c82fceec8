// DescribeConfigs (key 32): every setting of a topic or of this broker with where it comes from,
// what is set for all brokers, and the levels of this broker's loggers.
#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "server/admin/broker_loggers.h"
#include "server/admin/topic_names.h"
#include "server/api/apis.h"
#include "server/api/config_resources.h"
#include "server/config/topic_config.h"
#include "server/metadata/metadata_cache.h"
#include "zk/store/configs.h"

namespace odradek::api {
namespace {

using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;

base::Result<std::vector<config::DescribedConfig>> describe_topic(Services& services,
                                                                  const std::string& topic) {
  base::Status legal = admin::check_topic_name(topic);
  if (!legal) return legal.error();
  if (services.metadata.image()->topic(topic) == nullptr) {
    return base::Error(ErrorCode::kUnknownTopicOrPartition, "");
  }
  auto overrides = services.configs.read_or_none("topics/" + topic);
  if (!overrides) return overrides.error();
  std::vector<std::string> problems;
  auto broker = services.config();
  auto config = config::TopicConfig::build_leniently(
      *broker, config::Properties(overrides->begin(), overrides->end()), problems);
  return config.describe(*broker);
}

base::Error not_this_broker(const Services& services, const std::string& broker,
                            const char* or_empty) {
  if (!base::parse_int<std::int32_t>(broker)) {
    return base::Error(ErrorCode::kInvalidRequest,
                       "Broker id must be an integer, but it is: " + broker);
  }
  return base::Error(ErrorCode::kInvalidRequest, "Unexpected broker id, expected " +
                                                     std::to_string(services.broker_id) + or_empty +
                                                     " but received " + broker);
}

bool is_this_broker(const Services& services, const std::string& broker) {
  return base::parse_int<std::int32_t>(broker) == services.broker_id;
}

base::Result<std::vector<config::DescribedConfig>> describe_broker(const Services& services,
                                                                   const std::string& broker) {
  if (broker.empty()) return services.config()->describe_dynamic_defaults();
  if (is_this_broker(services, broker)) return services.config()->describe();
  return not_this_broker(services, broker, " or empty string,");
}

base::Result<std::vector<config::DescribedConfig>> describe_loggers(const Services& services,
                                                                    const std::string& broker) {
  if (broker.empty()) return base::Error(ErrorCode::kInvalidRequest, "Broker id must not be empty");
  if (!is_this_broker(services, broker)) return not_this_broker(services, broker, "");
  std::vector<config::DescribedConfig> levels;
  for (auto& [name, level] : services.broker_loggers.levels()) {
    config::DescribedConfig& described = levels.emplace_back();
    described.name = name;
    described.value = level;
    described.source = config::ConfigSource::kDynamicBrokerLogger;
    described.read_only = false;
  }
  return levels;
}

base::Result<std::vector<config::DescribedConfig>> describe(
    Services& services, const DescribeConfigsRequest::Resource& resource) {
  switch (resource.resource_type) {
    case kTopicResource:
      return describe_topic(services, resource.resource_name);
    case kBrokerResource:
      return describe_broker(services, resource.resource_name);
    case kBrokerLoggerResource:
      return describe_loggers(services, resource.resource_name);
    default:
      return base::Error(ErrorCode::kInvalidRequest,
                         "Unsupported resource type: " + std::to_string(resource.resource_type));
  }
}

DescribeConfigsResponse::Config config_of(config::DescribedConfig described,
                                          const DescribeConfigsRequest& request) {
  DescribeConfigsResponse::Config config;
  config.name = std::move(described.name);
  config.value = std::move(described.value);
  config.read_only = described.read_only;
  config.is_default = described.is_default();
  config.config_source = static_cast<std::int8_t>(described.source);
  config.is_sensitive = described.sensitive;
  config.config_type = static_cast<std::int8_t>(described.type);
  config.documentation.reset();
  // Loggers, and keys that nobody knows, have none.
  if (request.include_documentation && !described.doc.empty()) {
    config.documentation = std::string(described.doc);
  }
  if (request.include_synonyms) {
    for (auto& synonym : described.synonyms) {
      config.synonyms.push_back({.name = synonym.name,
                                 .value = synonym.value,
                                 .source = static_cast<std::int8_t>(synonym.source)});
    }
  }
  return config;
}

bool is_wanted(const DescribeConfigsRequest::Resource& resource, const std::string& name) {
  const auto& keys = resource.configuration_keys;
  // An empty list counts as all, as the JVM broker takes it.
  return !keys || keys->empty() || std::find(keys->begin(), keys->end(), name) != keys->end();
}

}  // namespace

void describe_configs(Services& services, RequestContext context, DescribeConfigsRequest request) {
  DescribeConfigsResponse response;
  // An answer is a thousand times as long as its question: nobody gets it twice.
  std::set<std::pair<std::int8_t, std::string>> answered;
  for (const auto& resource : request.resources) {
    if (!answered.emplace(resource.resource_type, resource.resource_name).second) continue;
    auto& answer = response.results.emplace_back();
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
    answer.error_message = "";  // a JVM broker says that, not null
    auto described = describe(services, resource);
    if (!described) {
      answer.error_code = protocol::code_of(described.error());
      answer.error_message = described.error().message;
      continue;
    }
    for (auto& config : *described) {
      if (is_wanted(resource, config.name)) {
        answer.configs.push_back(config_of(std::move(config), request));
      }
    }
  }
  context.reply(response);
}

}  // namespace odradek::api
