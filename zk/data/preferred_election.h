// The payload of /admin/preferred_replica_election (zookeeper.md §1.12).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

std::string encode_preferred_election(const std::vector<protocol::TopicPartition>& partitions);
base::Result<std::vector<protocol::TopicPartition>> decode_preferred_election(
    std::string_view text);

}  // namespace odradek::zk
