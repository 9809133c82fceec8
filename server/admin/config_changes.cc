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

struct ListKey {
  bool is_list = false;
  std::string default_text;
};

template <class Key>
std::optional<ListKey> list_key(const Key* key) {
  if (key == nullptr) return std::nullopt;
  return ListKey{key->type() == config::ConfigType::kList,
                 std::string(key->default_value().value_or(""))};
}

// The default that the list begins with where the resource has no value of its own.
base::Result<std::string> check_is_list(const ConfigChange& change, ConfigOwner owner) {
  auto key = owner == ConfigOwner::kTopic ? list_key(config::find_topic_config_key(change.name))
                                          : list_key(config::find_broker_config_key(change.name));
  if (!key) return base::Error("Unknown config name: " + change.name);
  if (key->is_list) return std::move(key->default_text);
  return base::Error(ErrorCode::kInvalidConfig,
                     std::string("Config value ") +
                         (change.operation == Operation::kAppend ? "append" : "subtract") +
                         " is not allowed for config key: " + change.name);
}

// As Java splits: blanks stay, what is empty at the end does not.
std::vector<std::string> items_of(std::string_view text) {
  std::vector<std::string> items;
  for (std::string_view item : base::split(text, ',')) items.emplace_back(item);
  while (!items.empty() && items.back().empty()) items.pop_back();
  return items;
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

base::Result<config::Properties> change_config(config::Properties now,
                                               const std::vector<ConfigChange>& changes,
                                               ConfigOwner owner) {
  for (const ConfigChange& change : changes) {
    if (change.operation == Operation::kDelete) {
      now.erase(change.name);
      continue;
    }
    if (change.operation == Operation::kSet) {
      now[change.name] = *change.value;
      continue;
    }
    auto default_text = check_is_list(change, owner);
    if (!default_text) return default_text.error();
    auto own = now.find(change.name);
    std::vector<std::string> items = items_of(own == now.end() ? *default_text : own->second);
    for (const std::string& item : items_of(*change.value)) {
      auto at = std::find(items.begin(), items.end(), item);
      if (change.operation == Operation::kAppend && at == items.end()) items.push_back(item);
      if (change.operation == Operation::kSubtract && at != items.end()) items.erase(at);
    }
    now[change.name] = base::join(items, ",");
  }
  return now;
}

}  // namespace odradek::admin
