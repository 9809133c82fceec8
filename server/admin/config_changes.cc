#include "server/admin/config_changes.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "protocol/errors.h"
#include "server/config/broker_config.h"
#include "server/config/topic_config.h"

namespace odradek::admin {
namespace {

using protocol::ErrorCode;
using Operation = ConfigChange::Operation;

base::Status check_is_list(const ConfigChange& change) {
  const auto* key = config::find_topic_config_key(change.name);
  if (key == nullptr) {
    return base::Error(ErrorCode::kInvalidConfig, "Unknown config name: " + change.name);
  }
  if (key->type() == config::ConfigType::kList) return {};
  return base::Error(ErrorCode::kInvalidConfig,
                     std::string("Config value ") +
                         (change.operation == Operation::kAppend ? "append" : "subtract") +
                         " is not allowed for config key: " + change.name);
}

// Without a value of its own the topic begins with the key's default.
std::vector<std::string> items_of(const config::Properties& now, const std::string& name) {
  auto it = now.find(name);
  if (it != now.end()) return base::split_list(it->second);
  return base::split_list(config::find_topic_config_key(name)->default_value().value_or(""));
}

}  // namespace

base::Status check_changes(const std::vector<ConfigChange>& changes) {
  std::set<std::string> names;
  std::vector<std::string> nulls;
  for (const ConfigChange& change : changes) {
    if (!names.insert(change.name).second) {
      return base::Error(ErrorCode::kInvalidRequest, "Error due to duplicate config keys");
    }
    if (change.operation != Operation::kDelete && !change.value) nulls.push_back(change.name);
  }
  if (nulls.empty()) return {};
  return base::Error(ErrorCode::kInvalidRequest,
                     "Null value not supported for : " + base::join(nulls, ", "));
}

base::Result<config::Properties> change_topic_config(config::Properties now,
                                                     const std::vector<ConfigChange>& changes) {
  for (const ConfigChange& change : changes) {
    if (change.operation == Operation::kDelete) {
      now.erase(change.name);
      continue;
    }
    if (change.operation == Operation::kSet) {
      now[change.name] = *change.value;
      continue;
    }
    if (base::Status is_list = check_is_list(change); !is_list) return is_list.error();
    std::vector<std::string> items = items_of(now, change.name);
    for (const std::string& item : base::split_list(*change.value)) {
      auto at = std::find(items.begin(), items.end(), item);
      if (change.operation == Operation::kAppend && at == items.end()) items.push_back(item);
      if (change.operation == Operation::kSubtract && at != items.end()) items.erase(at);
    }
    now[change.name] = base::join(items, ",");
  }
  return now;
}

}  // namespace odradek::admin
