// The payload of /isr_change_notification/isr_change_N (zookeeper.md §1.13).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

std::string encode_isr_change(const std::vector<protocol::TopicPartition>& partitions);
base::Result<std::vector<protocol::TopicPartition>> decode_isr_change(std::string_view text);

}  // namespace odradek::zk
