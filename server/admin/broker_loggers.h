// BrokerLoggers: the names by which operators know a broker's loggers, mapped on the parts of this
// program, and their levels.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_levels.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/admin/config_changes.h"

namespace odradek::admin {

// One of a process: it sets the levels of all of it. Safe from any thread. Levels are not stored: a
// restart forgets them.
class BrokerLoggers {
 public:
  // A logger without a folder stands for those whose names go on after a dot.
  struct Row {
    std::string_view name;
    std::string_view folder;
    std::string_view modules;  // files with VLOG, between blanks
  };
  static std::span<const Row> rows();

  explicit BrokerLoggers(std::int32_t broker_id) : broker_id_(broker_id) {}

  // By name; "INFO" and so on.
  std::map<std::string, std::string> levels() const EXCLUDES(mutex_);

  // All of the changes or none, with the sentences of a JVM broker.
  base::Status change(const std::string& broker, const std::vector<ConfigChange>& changes,
                      bool validate_only) EXCLUDES(mutex_);

 private:
  base::LogLevel level_of(std::string name) const REQUIRES(mutex_);
  void apply() REQUIRES(mutex_);

  const std::int32_t broker_id_;
  mutable base::Mutex mutex_;
  std::map<std::string, base::LogLevel> set_ GUARDED_BY(mutex_);
};

}  // namespace odradek::admin
