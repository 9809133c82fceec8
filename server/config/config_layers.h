// ConfigLayers: the texts an operator gave for a broker's keys, by where they were given.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/config/properties.h"
#include "server/config/value_types.h"

namespace odradek::config {

// What was written, unread: dynamic values of this broker win over the dynamic defaults of all
// brokers, these over the command line, and that over the file.
struct ConfigLayers {
  Properties file;             // server.properties
  Properties command_line;     // --override key=value
  Properties dynamic_default;  // /config/brokers/<default>
  Properties dynamic_broker;   // /config/brokers/<id>, passwords already decoded

  // The winning text for exactly this name, or nullopt.
  std::optional<std::string_view> find(std::string_view name) const;

  // The text given at one level. kStaticBroker means the command line, else the file.
  std::optional<std::string_view> find(std::string_view name, ConfigSource source) const;

  // All keys that start with `prefix`, without it, with the winning text.
  Properties with_prefix(std::string_view prefix) const;

  // All keys with the winning text.
  Properties merged() const { return with_prefix(""); }
};

}  // namespace odradek::config
