// The cluster's id in ZooKeeper: read it, or be the one that makes it (zookeeper.md §1.16).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "zk/client/session.h"

namespace odradek::zk {

base::Result<std::optional<std::string>> read_cluster_id(Session& session);
// The id that stands in ZooKeeper afterwards: `proposed`, or the one of who was faster.
base::Result<std::string> create_or_read_cluster_id(Session& session, const std::string& proposed);

}  // namespace odradek::zk
