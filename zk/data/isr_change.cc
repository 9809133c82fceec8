#include "zk/data/isr_change.h"

#include "zk/data/partition_list.h"

namespace odradek::zk {

std::string encode_isr_change(const std::vector<protocol::TopicPartition>& partitions) {
  return encode_partition_list(partitions);
}

base::Result<std::vector<protocol::TopicPartition>> decode_isr_change(std::string_view text) {
  return decode_partition_list(text);
}

}  // namespace odradek::zk
