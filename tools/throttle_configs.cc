#include "tools/throttle_configs.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "base/text.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "tools/topic_description.h"

namespace odradek::tools {
namespace {

using protocol::ErrorCode;
using Request = protocol::IncrementalAlterConfigsRequest;
using Response = protocol::IncrementalAlterConfigsResponse;

constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kBrokerResource = 4;
constexpr std::int8_t kSet = 0;
constexpr std::int8_t kDelete = 1;
constexpr const char* kLeaderReplicas = "leader.replication.throttled.replicas";
constexpr const char* kFollowerReplicas = "follower.replication.throttled.replicas";
constexpr const char* kLeaderRate = "leader.replication.throttled.rate";
constexpr const char* kFollowerRate = "follower.replication.throttled.rate";
constexpr const char* kLogDirsRate = "replica.alter.log.dirs.io.max.bytes.per.second";

template <class Changes>
Request::Resource resource_of(std::int8_t type, const std::string& name, const Changes& changes) {
  Request::Resource resource{.resource_type = type, .resource_name = name, .configs = {}};
  for (const auto& [key, value] : changes) {
    resource.configs.push_back(
        {.name = key, .config_operation = value ? kSet : kDelete, .value = value});
  }
  return resource;
}

base::Status check(const base::Result<Response>& answer) {
  if (!answer) return answer.error();
  for (const auto& resource : answer->responses) {
    if (resource.error_code == ErrorCode::kNone) continue;
    return base::Error(
        resource.error_code,
        resource.error_message.value_or(std::string(protocol::error_name(resource.error_code))));
  }
  return {};
}

}  // namespace

base::Status ThrottleConfigs::change_topics(const std::map<std::string, Changes>& topics) {
  Request request;
  for (const auto& [topic, changes] : topics) {
    request.resources.push_back(resource_of(kTopicResource, topic, changes));
  }
  return check(client_.call_any<Request, Response>(request));
}

base::Status ThrottleConfigs::change_brokers(const std::set<BrokerId>& brokers,
                                             const Changes& changes) {
  for (BrokerId broker : brokers) {
    const Request request{
        .resources = {resource_of(kBrokerResource, std::to_string(broker), changes)}};
    base::Status changed = check(client_.call<Request, Response>(
        request, [this, broker] { return client_.to_broker(broker); },
        [](const Response&) { return ErrorCode::kNone; }));
    if (!changed) return changed;
  }
  return {};
}

base::Status ThrottleConfigs::set(const MoveMap& moves, std::int64_t bytes_per_s) {
  std::map<std::string, Changes> topics;
  for (const auto& [topic, replicas] : leader_throttles(moves)) {
    topics[topic][kLeaderReplicas] = replicas;
  }
  for (const auto& [topic, replicas] : follower_throttles(moves)) {
    topics[topic][kFollowerReplicas] = replicas;
  }
  if (base::Status changed = change_topics(topics); !changed) return changed;
  const std::string rate = std::to_string(bytes_per_s);
  base::Status changed =
      change_brokers(moving_brokers(moves), {{kLeaderRate, rate}, {kFollowerRate, rate}});
  if (changed) std::printf("The inter-broker throttle limit was set to %s B/s\n", rate.c_str());
  return changed;
}

base::Status ThrottleConfigs::set_for_log_dirs(const std::set<BrokerId>& brokers,
                                               std::int64_t bytes_per_s) {
  const std::string rate = std::to_string(bytes_per_s);
  base::Status changed = change_brokers(brokers, {{kLogDirsRate, rate}});
  if (changed) {
    std::printf("The replica-alter-dir throttle limit was set to %s B/s\n", rate.c_str());
  }
  return changed;
}

base::Status ThrottleConfigs::clear(const std::set<BrokerId>& brokers,
                                    const std::set<std::string>& topics) {
  std::printf("Clearing broker-level throttles on broker%s %s\n", brokers.size() == 1 ? "" : "s",
              to_string(Replicas(brokers.begin(), brokers.end())).c_str());
  base::Status cleared =
      change_brokers(brokers, {{kLeaderRate, {}}, {kFollowerRate, {}}, {kLogDirsRate, {}}});
  if (!cleared) return cleared;
  std::vector<std::string> names(topics.begin(), topics.end());
  sort_as_hash_map(names);
  std::printf("Clearing topic-level throttles on topic%s %s\n", names.size() == 1 ? "" : "s",
              base::join(names, ",").c_str());
  std::map<std::string, Changes> changes;
  for (const std::string& topic : topics) {
    changes[topic] = {{kLeaderReplicas, {}}, {kFollowerReplicas, {}}};
  }
  return change_topics(changes);
}

}  // namespace odradek::tools
