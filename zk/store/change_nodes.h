// Sequential nodes that brokers leave for the controller: create, list in order, read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"

namespace odradek::zk {

struct ChangeNode {
  std::string name;
  std::string payload;  // empty when the node went away, or has none
};

base::Status create_change_node(Session& session, const std::string& path_with_prefix,
                                std::string payload);
// By sequence number; children with other names are left out. Arms the child watch if there is a
// handler.
base::Result<std::vector<ChangeNode>> read_change_nodes(Session& session, std::string_view parent,
                                                        std::string_view prefix);

}  // namespace odradek::zk
