// ConfigChanges: what IncrementalAlterConfigs does to the map of one resource, as a function of
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"

namespace odradek::admin {

struct ConfigChange {
  enum class Operation : std::int8_t { kSet, kDelete, kAppend, kSubtract };

  std::string name;
  Operation operation = Operation::kSet;  // as it came: perhaps none of these
  std::optional<std::string> value;

  bool is_known_operation() const {
    return operation >= Operation::kSet && operation <= Operation::kSubtract;
  }
};

// Keys named twice and missing values are refused, whatever they are of.
base::Status check_changes(const std::vector<ConfigChange>& changes);

// Of which resource the keys are: that says which of them are lists.
enum class ConfigOwner : std::uint8_t { kTopic, kBroker };

// The map afterwards; the result is not judged yet. Lists alone can grow and shrink.
base::Result<config::Properties> change_config(config::Properties now,
                                               const std::vector<ConfigChange>& changes,
                                               ConfigOwner owner);

}  // namespace odradek::admin
