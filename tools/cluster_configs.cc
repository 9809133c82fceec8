#include "tools/cluster_configs.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/text.h"
#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/describe_user_scram_credentials.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/metadata.h"
#include "server/admin/topic_names.h"
#include "tools/config_changes.h"
#include "tools/config_names.h"
#include "tools/scram_credential.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;

// A resource's number in requests, and the source of what was set for it.
struct ResourceKind {
  std::int8_t type = 0;
  std::int8_t own_source = 0;
};

ResourceKind kind_of(const ConfigEntity& entity) {
  if (entity.type == config_type::kTopics) return {2, 1};
  if (entity.type == config_type::kBrokers) {
    return {4, static_cast<std::int8_t>(entity.is_default() ? 3 : 2)};
  }
  if (entity.type == config_type::kBrokerLoggers) return {8, 6};
  return {16, 7};
}

bool is_of_one_broker(const ConfigEntity& entity) {
  const bool broker =
      entity.type == config_type::kBrokers || entity.type == config_type::kBrokerLoggers;
  return broker && !entity.name->empty();
}

bool is_resource(const std::string& type) {
  return type != config_type::kUsers && type != config_type::kClients && type != config_type::kIps;
}

base::Error error_of(ErrorCode code, const std::optional<std::string>& message) {
  const bool has_text = message && !message->empty();
  return {code, has_text ? *message : std::string(protocol::error_name(code))};
}

std::string quota_type(const std::string& type) {
  if (type == config_type::kUsers) return "user";
  return type == config_type::kClients ? "client-id" : "ip";
}

std::optional<std::string> quota_name(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(name);
}

}  // namespace

base::Status ClusterConfigs::run(const ConfigCommand& command) {
  return command.alters ? alter(command) : describe(command);
}

base::Status ClusterConfigs::check_broker(const ConfigEntity& entity) {
  if (!is_of_one_broker(entity)) return {};
  auto view = client_.refresh();
  if (!view) return view.error();
  const auto id = base::parse_int<protocol::BrokerId>(*entity.name).value_or(protocol::kNoBroker);
  if (view->brokers.contains(id)) return {};
  std::vector<std::string> ids;
  for (const auto& broker : view->brokers) ids.push_back(std::to_string(broker.first));
  return base::Error(
      ErrorCode::kBrokerNotAvailable,
      "Broker " + *entity.name + " is not running: the cluster has " + base::join(ids, ", "));
}

base::Result<client::BrokerConnection*> ClusterConfigs::broker_of(const ConfigEntity& entity) {
  if (!is_of_one_broker(entity)) return client_.to_any();
  return client_.to_broker(*base::parse_int<protocol::BrokerId>(*entity.name));
}

base::Result<std::vector<ClusterConfigs::Config>> ClusterConfigs::configs_of(
    const ConfigEntity& entity, bool all) {
  using Request = protocol::DescribeConfigsRequest;
  using Response = protocol::DescribeConfigsResponse;
  if (entity.type == config_type::kTopics) {
    if (base::Status valid = admin::check_topic_name(*entity.name); !valid) return valid.error();
  }
  if (base::Status there = check_broker(entity); !there) return there.error();
  const ResourceKind kind = kind_of(entity);
  Request request{.include_synonyms = true};
  request.resources.push_back({.resource_type = kind.type,
                               .resource_name = *entity.name,
                               .configuration_keys = std::nullopt});
  auto answer = client_.call<Request, Response>(
      request, [&] { return broker_of(entity); }, [](const Response&) { return ErrorCode::kNone; });
  if (!answer) return answer.error();
  std::vector<Config> configs;
  for (Response::Resource& resource : answer->results) {
    if (resource.error_code != ErrorCode::kNone) {
      return error_of(resource.error_code, resource.error_message);
    }
    for (Config& config : resource.configs) {
      const bool wanted = all || entity.type == config_type::kBrokerLoggers ||
                          config.config_source == kind.own_source;
      if (wanted) configs.push_back(std::move(config));
    }
  }
  return configs;
}

base::Result<std::vector<std::string>> ClusterConfigs::all_names(const std::string& type) {
  std::vector<std::string> names;
  if (type == config_type::kTopics) {
    const protocol::MetadataRequest every_topic{.topics = std::nullopt,
                                                .allow_auto_topic_creation = false};
    auto answer =
        client_.call_any<protocol::MetadataRequest, protocol::MetadataResponse>(every_topic);
    if (!answer) return answer.error();
    for (const auto& topic : answer->topics) names.push_back(topic.name.value_or(""));
    std::sort(names.begin(), names.end());
    return names;
  }
  if (type == config_type::kClientMetrics) {
    return base::Error(ErrorCode::kUnsupportedVersion,
                       "Brokers with ZooKeeper have no list of client metrics: give one's name");
  }
  auto view = client_.refresh();
  if (!view) return view.error();
  for (const auto& broker : view->brokers) names.push_back(std::to_string(broker.first));
  names.emplace_back();
  return names;
}

base::Status ClusterConfigs::describe(const ConfigCommand& command) {
  ConfigReport report(command.as_json);
  const std::string& type = command.entities.front().type;
  base::Status done =
      is_resource(type) ? describe_resources(command, report) : describe_quotas(command, report);
  const bool asks_users = command.entities.size() == 1 && type == config_type::kUsers &&
                          !command.entities.front().is_default();
  if (done && asks_users) done = describe_credentials(command, report);
  if (done) report.finish();
  return done;
}

base::Status ClusterConfigs::describe_resources(const ConfigCommand& command,
                                                ConfigReport& report) {
  ConfigEntity entity = command.entities.front();
  std::vector<std::string> names;
  if (entity.name) {
    names.push_back(*entity.name);
  } else {
    auto all = all_names(entity.type);
    if (!all) return all.error();
    names = std::move(*all);
  }
  for (const std::string& name : names) {
    entity.name = name;
    auto configs = configs_of(entity, command.describes_all);
    if (!configs) return configs.error();
    report.add_configs(entity, command.describes_all, std::move(*configs));
  }
  return {};
}

base::Result<std::vector<ClusterConfigs::QuotaEntry>> ClusterConfigs::quotas_of(
    const ConfigCommand& command) {
  using Request = protocol::DescribeClientQuotasRequest;
  using Response = protocol::DescribeClientQuotasResponse;
  enum MatchType : std::int8_t { kExactly = 0, kDefault = 1, kAny = 2 };
  Request request{.strict = true};
  for (const ConfigEntity& entity : command.entities) {
    Request::Component component{
        .entity_type = quota_type(entity.type), .match_type = kAny, .match = std::nullopt};
    if (entity.is_default()) component.match_type = kDefault;
    if (entity.name && !entity.name->empty()) {
      component.match_type = kExactly;
      component.match = *entity.name;
    }
    request.components.push_back(std::move(component));
  }
  auto answer = client_.call_any<Request, Response>(request);
  if (!answer) return answer.error();
  if (answer->error_code != ErrorCode::kNone) {
    return error_of(answer->error_code, answer->error_message);
  }
  return answer->entries ? std::move(*answer->entries) : std::vector<QuotaEntry>();
}

base::Status ClusterConfigs::describe_quotas(const ConfigCommand& command, ConfigReport& report) {
  auto entries = quotas_of(command);
  if (!entries) return entries.error();
  for (const QuotaEntry& entry : *entries) {
    QuotaEntity entity;
    for (const auto& part : entry.entity) entity.emplace_back(part.entity_type, part.entity_name);
    std::vector<std::pair<std::string, double>> values;
    for (const auto& value : entry.values) values.emplace_back(value.key, value.value);
    report.add_quotas(entity, values);
  }
  return {};
}

base::Status ClusterConfigs::describe_credentials(const ConfigCommand& command,
                                                  ConfigReport& report) {
  using Request = protocol::DescribeUserScramCredentialsRequest;
  using Response = protocol::DescribeUserScramCredentialsResponse;
  Request request{.users = std::nullopt};
  const ConfigEntity& entity = command.entities.front();
  if (entity.name) request.users = {{.name = *entity.name}};
  auto answer = client_.call_any<Request, Response>(request);
  if (!answer) return answer.error();
  if (answer->error_code != ErrorCode::kNone) {
    return error_of(answer->error_code, answer->error_message);
  }
  base::Status done;
  for (const Response::User& user : answer->results) {
    if (user.error_code == ErrorCode::kResourceNotFound) continue;
    if (user.error_code != ErrorCode::kNone) {
      return error_of(user.error_code, user.error_message);
    }
    std::vector<std::pair<std::string, std::int32_t>> credentials;
    for (const auto& info : user.credential_infos) {
      credentials.emplace_back(scram_mechanism_name(info.mechanism), info.iterations);
    }
    report.add_credentials(user.user, credentials);
  }
  return {};
}

base::Status ClusterConfigs::alter(const ConfigCommand& command) {
  const ConfigEntity& first = command.entities.front();
  base::Status done;
  if (is_resource(first.type)) {
    done = alter_resource(command);
  } else {
    if (base::Status fine = check_client_changes(command); !fine) return fine;
    done = changes_credentials(command) ? alter_credentials(command) : alter_quotas(command);
  }
  if (!done) return done;
  if (first.is_default()) {
    std::printf("Completed updating default config for %s in the cluster.\n", first.type.c_str());
  } else {
    std::printf("Completed updating config for %s %s.\n",
                first.type.substr(0, first.type.size() - 1).c_str(), first.name->c_str());
  }
  return {};
}

base::Status ClusterConfigs::alter_resource(const ConfigCommand& command) {
  using Request = protocol::IncrementalAlterConfigsRequest;
  using Response = protocol::IncrementalAlterConfigsResponse;
  constexpr std::int8_t kSet = 0;
  constexpr std::int8_t kDelete = 1;
  const ConfigEntity& entity = command.entities.front();
  auto now = configs_of(entity, false);
  if (!now) return now.error();
  std::vector<std::string> names;
  for (const Config& config : *now) names.push_back(config.name);
  if (base::Status fine = check_resource_changes(command, names); !fine) return fine;
  Request request;
  request.resources.push_back(
      {.resource_type = kind_of(entity).type, .resource_name = *entity.name, .configs = {}});
  auto& changes = request.resources.front().configs;
  for (const auto& [name, value] : command.added) {
    changes.push_back({.name = name, .config_operation = kSet, .value = value});
  }
  for (const std::string& name : command.deleted) {
    changes.push_back({.name = name, .config_operation = kDelete, .value = ""});
  }
  auto answer = client_.call<Request, Response>(
      request, [&] { return broker_of(entity); }, [](const Response&) { return ErrorCode::kNone; });
  if (!answer) return answer.error();
  for (const auto& result : answer->responses) {
    if (result.error_code == ErrorCode::kNone) continue;
    base::Error error = error_of(result.error_code, result.error_message);
    error.message += unknown_names(command);
    return error;
  }
  return {};
}

base::Status ClusterConfigs::alter_quotas(const ConfigCommand& command) {
  using Request = protocol::AlterClientQuotasRequest;
  using Response = protocol::AlterClientQuotasResponse;
  auto entries = quotas_of(command);
  if (!entries) return entries.error();
  std::vector<std::string> names;
  if (!entries->empty()) {
    for (const auto& value : entries->front().values) names.push_back(value.key);
  }
  if (base::Status fine = check_deleted(command, names); !fine) return fine;
  Request::Entry change;
  for (const ConfigEntity& entity : command.entities) {
    change.entity.push_back(
        {.entity_type = quota_type(entity.type), .entity_name = quota_name(*entity.name)});
  }
  for (const auto& [name, text] : command.added) {
    auto value = base::parse_double(base::trim(text));
    if (!value) {
      return base::Error("Cannot parse quota configuration value for " + name + ": " + text);
    }
    change.ops.push_back({.key = name, .value = *value});
  }
  for (const std::string& name : command.deleted) {
    change.ops.push_back({.key = name, .remove = true});
  }
  const Request request{.entries = {std::move(change)}};
  auto answer = client_.call_any<Request, Response>(request);
  if (!answer) return answer.error();
  for (const auto& result : answer->entries) {
    if (result.error_code == ErrorCode::kNone) continue;
    return error_of(result.error_code, result.error_message);
  }
  return {};
}

base::Status ClusterConfigs::alter_credentials(const ConfigCommand& command) {
  using Request = protocol::AlterUserScramCredentialsRequest;
  using Response = protocol::AlterUserScramCredentialsResponse;
  const std::string& user = *command.entities.front().name;
  Request request;
  for (const std::string& name : command.deleted) {
    request.deletions.push_back(
        {.name = user, .mechanism = static_cast<std::int8_t>(*scram_mechanism(name))});
  }
  for (const auto& [name, text] : command.added) {
    const ScramMechanism mechanism = *scram_mechanism(name);
    auto password = parse_scram_password(mechanism, text);
    if (!password) return password.error();
    SaltedPassword salted = salt_password(mechanism, *password);
    request.upsertions.push_back({.name = user,
                                  .mechanism = static_cast<std::int8_t>(mechanism),
                                  .iterations = password->iterations,
                                  .salt = std::move(salted.salt),
                                  .salted_password = std::move(salted.salted_password)});
  }
  auto answer = client_.call_controller<Request, Response>(request, [](const Response& response) {
    return response.results.empty() ? ErrorCode::kNone : response.results.front().error_code;
  });
  if (!answer) return answer.error();
  for (const Response::User& result : answer->results) {
    if (result.error_code == ErrorCode::kNone) continue;
    return error_of(result.error_code, result.error_message);
  }
  return {};
}

}  // namespace odradek::tools
