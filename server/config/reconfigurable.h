// Reconfigurable: what a component implements so that some of its settings can change at run time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace odradek::config {

struct BrokerConfig;

// Called for one change at a time, on the thread that brings it: first validate() of every
// component whose keys change, then, when all agreed and the change came from ZooKeeper, apply().
class Reconfigurable {
 public:
  virtual ~Reconfigurable() = default;

  // The keys this component can change; a name that ends in '.' stands for all keys with that
  // prefix ("listener.name.").
  virtual std::vector<std::string_view> keys() const = 0;

  // Refuses a change before anything is changed; the message reaches the operator.
  virtual base::Status validate(const BrokerConfig& current, const BrokerConfig& next) = 0;

  // Takes the new values into use. An error is logged and the old values stay.
  virtual base::Status apply(const BrokerConfig& current, const BrokerConfig& next) = 0;

  // Looks again at files that settings name (keystores), which may have been replaced.
  virtual void reload_files(const BrokerConfig&) {}
};

// For thread pools: a change may at most halve or double the number of threads. `key` names the
// setting in the error.
base::Status check_thread_count_change(std::string_view key, std::int32_t current,
                                       std::int32_t next);

}  // namespace odradek::config
