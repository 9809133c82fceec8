// DescribedConfig: one key as DescribeConfigs and `--print-configs` show it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/value_types.h"

namespace odradek::config {

// One of the places a value could come from; the first of a list is the one in force.
struct ConfigSynonym {
  std::string name;
  std::optional<std::string> value;  // unset when sensitive
  ConfigSource source = ConfigSource::kDefault;

  bool operator==(const ConfigSynonym&) const = default;
};

struct DescribedConfig {
  std::string name;
  std::optional<std::string> value;  // unset when sensitive, or when the key is unset
  ConfigSource source = ConfigSource::kDefault;
  ConfigType type = ConfigType::kUnknown;
  bool sensitive = false;
  bool read_only = true;
  std::vector<ConfigSynonym> synonyms;
  std::string_view doc;

  bool is_default() const { return source == ConfigSource::kDefault; }
};

}  // namespace odradek::config
