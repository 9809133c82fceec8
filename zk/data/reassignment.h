// The payload of /admin/reassign_partitions: what a tool wants moved (zookeeper.md §1.11).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

using Reassignment = std::map<protocol::TopicPartition, std::vector<protocol::BrokerId>>;

std::string encode_reassignment(const Reassignment& reassignment);
// Unknown fields make the whole document invalid, as upstream.
base::Result<Reassignment> decode_reassignment(std::string_view text);

}  // namespace odradek::zk
