// ReplicaComparison: what replicas of partitions answered to the same fetch, batch by batch, and
// how far they have been found equal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/types.h"

namespace odradek::tools {

struct FetchedReplica {
  protocol::Offset high_watermark = -1;  // -1: it could not be asked
  base::ByteView records;
};

// By the id of the broker.
using FetchedReplicas = std::map<protocol::BrokerId, FetchedReplica>;

struct ReplicaDifference {
  std::string text;
  bool ends_verification = false;  // the logs are apart: nothing behind can be compared
};

// The partition that is furthest behind its high watermark.
struct ReplicaLag {
  std::int64_t lag = -1;
  std::optional<protocol::TopicPartition> partition;
  protocol::Offset offset = -1;
};

class ReplicaComparison {
 public:
  // Where to begin in each partition.
  explicit ReplicaComparison(std::map<protocol::TopicPartition, protocol::Offset> starts)
      : offsets_(std::move(starts)) {}

  std::size_t partition_count() const { return offsets_.size(); }
  // Where to fetch from next.
  protocol::Offset offset(const protocol::TopicPartition& partition) const {
    return offsets_.at(partition);
  }
  void begin_round() { lag_ = {}; }
  // Goes on to behind the last batch that all of them have; an error for bytes that are no batches.
  base::Result<std::vector<ReplicaDifference>> compare(const protocol::TopicPartition& partition,
                                                       const FetchedReplicas& replicas);
  const ReplicaLag& lag() const { return lag_; }  // of this round

 private:
  std::map<protocol::TopicPartition, protocol::Offset> offsets_;
  ReplicaLag lag_;
};

}  // namespace odradek::tools
