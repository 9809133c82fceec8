#include "server/broker/config_follower.h"

#include <algorithm>

#include "base/log.h"
#include "zk/data/config_change.h"
#include "zk/data/paths.h"

namespace odradek::broker {

ConfigFollower::ConfigFollower(zk::Session& session)
    : listener_(
          session, std::string(zk::paths::kConfigChanges),
          std::string(zk::paths::kConfigChangePrefix),
          [this](const std::vector<std::string>& payloads) { return apply(payloads); },
          [this] { return apply_all(); }) {}

bool ConfigFollower::apply(const std::vector<std::string>& payloads) {
  std::map<std::string, std::vector<std::string>> names;  // by type
  for (const std::string& payload : payloads) {
    auto change = zk::decode_config_change(payload);
    if (!change) {
      LOG(WARNING) << "a note of changed settings cannot be read: " << change.error().message;
      continue;
    }
    const std::size_t slash = change->find('/');
    names[change->substr(0, slash)].push_back(change->substr(slash + 1));
  }
  bool is_answered = true;
  for (auto& [type, changed] : names) {
    auto applier = appliers_.find(type);
    if (applier == appliers_.end()) continue;  // nothing here has such settings
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    is_answered = applier->second.apply(changed) && is_answered;
  }
  return is_answered;
}

bool ConfigFollower::apply_all() {
  bool is_answered = true;
  for (auto& [type, applier] : appliers_) is_answered = applier.apply_all() && is_answered;
  return is_answered;
}

}  // namespace odradek::broker
