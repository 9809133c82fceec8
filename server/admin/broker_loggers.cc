#include "server/admin/broker_loggers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"

namespace odradek::admin {
namespace {

using base::LogLevel;
using protocol::ErrorCode;
using Operation = ConfigChange::Operation;

constexpr std::string_view kRoot = "root";

constexpr BrokerLoggers::Row kRows[] = {
    {"kafka", "", ""},
    {"kafka.controller.KafkaController", "server/controller", "broker_changes request_batch"},
    {"kafka.coordinator.group.GroupCoordinator", "server/group", "group"},
    {"kafka.coordinator.transaction.TransactionCoordinator", "server/transaction", ""},
    {"kafka.log.LogCleaner", "server/log/cleaner", ""},
    {"kafka.log.LogManager", "server/log", ""},
    {"kafka.network.SocketServer", "server/network", "processor"},
    {"kafka.server.DynamicBrokerConfig", "server/config", ""},
    {"kafka.server.KafkaApis", "server/api", ""},
    {"kafka.server.KafkaServer", "server/broker", "topic_settings_source"},
    {"kafka.server.ReplicaFetcherManager", "server/replica/fetcher", "replica_fetcher"},
    {"kafka.server.ReplicaManager", "server/replica", ""},
    {"kafka.server.ZkAdminManager", "server/admin", ""},
    {"kafka.zk.KafkaZkClient", "zk/store", "configs"},
    {"kafka.zookeeper.ZooKeeperClient", "zk/client", "handle session_lifecycle"},
    {"org.apache.kafka", "", ""},
    {"org.apache.kafka.clients.NetworkClient", "server/client", ""},
    {"org.apache.kafka.common.security", "server/security", ""},
    {kRoot, "", ""},
};

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kLevels = {{
    {"DEBUG", LogLevel::kDebug},
    {"ERROR", LogLevel::kError},
    {"FATAL", LogLevel::kFatal},
    {"INFO", LogLevel::kInfo},
    {"TRACE", LogLevel::kTrace},
    {"WARN", LogLevel::kWarn},
}};

std::optional<LogLevel> level_named(std::string_view name) {
  const auto* found = std::ranges::find(kLevels, name, &decltype(kLevels)::value_type::first);
  if (found == kLevels.end()) return std::nullopt;
  return found->second;
}

std::string name_of(LogLevel level) {
  const auto* found = std::ranges::find(kLevels, level, &decltype(kLevels)::value_type::second);
  return std::string(found->first);
}

base::Error invalid_level(std::string why) {
  return base::Error(ErrorCode::kInvalidRequest, std::move(why));
}

base::Status check_exists(const std::string& name) {
  if (std::ranges::find(kRows, name, &BrokerLoggers::Row::name) != std::end(kRows)) return {};
  return base::Error(ErrorCode::kInvalidConfig, "Logger " + name + " does not exist!");
}

base::Status check_change(const ConfigChange& change) {
  constexpr const char* kNotAllowed = " is not allowed for the BROKER_LOGGER resource";
  switch (change.operation) {
    case Operation::kSet: {
      if (base::Status exists = check_exists(change.name); !exists) return exists;
      if (level_named(change.value.value_or(""))) return {};
      return base::Error(ErrorCode::kInvalidConfig,
                         "Cannot set the log level of " + change.name + " to " +
                             change.value.value_or("") +
                             " as it is not a supported log level. Valid log levels are DEBUG, "
                             "ERROR, FATAL, INFO, TRACE, WARN");
    }
    case Operation::kDelete: {
      if (base::Status exists = check_exists(change.name); !exists) return exists;
      if (change.name != kRoot) return {};
      return invalid_level("Removing the log level of the root logger is not allowed");
    }
    case Operation::kAppend:
      return invalid_level(std::string("APPEND operation") + kNotAllowed);
    case Operation::kSubtract:
      return invalid_level(std::string("SUBTRACT operation") + kNotAllowed);
  }
  return invalid_level("Unknown operation type " +
                       std::to_string(static_cast<int>(change.operation)) + kNotAllowed);
}

}  // namespace

std::span<const BrokerLoggers::Row> BrokerLoggers::rows() { return kRows; }

std::map<std::string, std::string> BrokerLoggers::levels() const {
  base::MutexLock lock(mutex_);
  std::map<std::string, std::string> levels;
  for (const Row& row : kRows) {
    std::string name(row.name);
    levels[name] = name_of(level_of(name));
  }
  return levels;
}

// Its own level, or that of the nearest logger above, or the root's.
LogLevel BrokerLoggers::level_of(std::string name) const {
  while (true) {
    if (auto own = set_.find(name); own != set_.end()) return own->second;
    std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) break;
    name.resize(dot);
  }
  auto root = set_.find(std::string(kRoot));
  return root == set_.end() ? LogLevel::kInfo : root->second;
}

void BrokerLoggers::apply() {
  std::vector<base::LogPart> parts;
  for (const Row& row : kRows) {
    if (row.folder.empty()) continue;
    parts.push_back({.folder = std::string(row.folder),
                     .modules = base::split_list(row.modules, ' '),
                     .level = level_of(std::string(row.name))});
  }
  base::set_log_levels(level_of(std::string(kRoot)), parts);
}

base::Status BrokerLoggers::change(const std::string& broker,
                                   const std::vector<ConfigChange>& changes, bool validate_only) {
  auto id = base::parse_int<std::int32_t>(broker);
  if (!id) return invalid_level("Node id must be an integer, but it is: " + broker);
  if (*id != broker_id_) {
    return invalid_level("Unexpected node id. Expected " + std::to_string(broker_id_) +
                         ", but received " + broker);
  }
  for (const ConfigChange& change : changes) {
    if (base::Status fine = check_change(change); !fine) return fine;
  }
  if (validate_only || changes.empty()) return {};
  base::MutexLock lock(mutex_);
  for (const ConfigChange& change : changes) {
    set_.erase(change.name);
    if (change.operation == Operation::kSet) {
      set_.emplace(change.name, *level_named(*change.value));
    }
    LOG(WARNING) << "the log level of " << change.name << " is " << name_of(level_of(change.name))
                 << " now";
  }
  apply();
  return {};
}

}  // namespace odradek::admin
