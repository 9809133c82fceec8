#include "zk/data/preferred_election.h"

#include "zk/data/partition_list.h"

namespace odradek::zk {

std::string encode_preferred_election(const std::vector<protocol::TopicPartition>& partitions) {
  return encode_partition_list(partitions);
}

base::Result<std::vector<protocol::TopicPartition>> decode_preferred_election(
    std::string_view text) {
  return decode_partition_list(text);
}

}  // namespace odradek::zk
