// The nodes that every broker makes sure of after it connected (zookeeper.md §1.1).
#pragma once

#include "base/result.h"
#include "zk/client/session.h"

namespace odradek::zk {

base::Status create_persistent_paths(Session& session);

}  // namespace odradek::zk
