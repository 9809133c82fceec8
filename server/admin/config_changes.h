// ConfigChanges: what IncrementalAlterConfigs does to the map of one resource, as a function of
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"

namespace odradek::admin {

struct ConfigChange {
  enum class Operation : std::int8_t { kSet, kDelete, kAppend, kSubtract };

  std::string name;
  Operation operation = Operation::kSet;
  std::optional<std::string> value;
};

// Keys named twice and missing values are refused, whatever they are of.
base::Status check_changes(const std::vector<ConfigChange>& changes);

// The map of a topic afterwards; the result is not judged yet. Lists alone can grow and shrink.
base::Result<config::Properties> change_topic_config(config::Properties now,
                                                     const std::vector<ConfigChange>& changes);

}  // namespace odradek::admin
