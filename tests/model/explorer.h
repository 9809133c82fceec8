// explore(): every state of a Cluster that can be reached, shortest ways first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/model/cluster.h"

namespace odradek::model {

struct Exploration {
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  bool is_complete = false;
  std::string broken;              // empty: nothing
  std::vector<std::string> trace;  // the shortest way there
};

// Ends at the first state that breaks an invariant, or incomplete after `most_states`.
Exploration explore(const Limits& limits, Rules without, std::uint64_t most_states);

}  // namespace odradek::model
