// explore(): every state of a Cluster that can be reached.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/cluster.h"

namespace odradek::model {

struct Exploration {
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  std::uint64_t too_large = 0;  // states that have no room for all that is under way
  bool is_complete = false;
  std::string broken;              // empty: nothing
  std::vector<std::string> trace;  // the shortest way there
};

// Shortest ways first. Ends at the first state that breaks an invariant, or incomplete after
// `most_states`.
Exploration explore(const Setting& setting, std::uint64_t most_states);

// Without a trace, by two threads, in 8 to 20 bytes a state.
Exploration sweep(const Setting& setting, std::uint64_t most_states);

}  // namespace odradek::model
