// The ACLs that zookeeper.set.acl gives to nodes, by path (zookeeper.md §0.3).
#pragma once

#include <string_view>

#include "zk/client/requests.h"

namespace odradek::zk {

// For SessionOptions::acl_of when zookeeper.set.acl is true.
Acl secure_acl(std::string_view path);

}  // namespace odradek::zk
