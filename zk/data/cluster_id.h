// The payload of /cluster/id (zookeeper.md §1.16).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

std::string encode_cluster_id(std::string_view cluster_id);
base::Result<std::string> decode_cluster_id(std::string_view text);

}  // namespace odradek::zk
