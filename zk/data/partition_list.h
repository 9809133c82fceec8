// A JSON list of topic partitions, which several payloads have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

// {"version":1,"partitions":[{"topic":"foo","partition":0}]}
std::string encode_partition_list(const std::vector<protocol::TopicPartition>& partitions);
base::Result<std::vector<protocol::TopicPartition>> decode_partition_list(std::string_view text);

}  // namespace odradek::zk
