// Reads of several nodes, and of more than are asked for one by one (docs/adr/0011).
#pragma once

#include <string>
#include <vector>

#include "zk/client/session.h"

namespace odradek::zk {

// All on their way at once, in the order of the paths. Arms the nodes' watches where handlers are
// registered.
std::vector<Response> read_each(Session& session, const std::vector<std::string>& paths);

// In the order of the paths: kOk with data and stat, kNoNode, or what else it was for that node.
// With few requests where there are many paths and servers know how; then no watch is armed.
std::vector<Response> read_many(Session& session, const std::vector<std::string>& paths);

}  // namespace odradek::zk
