#include "tools/replica_comparison.h"

#include <algorithm>
#include <utility>

#include "protocol/record/batch.h"

namespace odradek::tools {
namespace {

using protocol::BatchReader;
using protocol::BatchView;
using protocol::BrokerId;
using protocol::Offset;
using protocol::TopicPartition;

using Readers = std::map<BrokerId, BatchReader>;
using Batches = std::map<BrokerId, BatchView>;

// The next batch of every replica; nothing when one of them has none below its high watermark.
base::Result<std::optional<Batches>> next_of_each(Readers& readers,
                                                  const FetchedReplicas& replicas) {
  Batches batches;
  for (auto& [id, reader] : readers) {
    auto batch = reader.next();
    if (!batch) {
      return base::Error("replica " + std::to_string(id) + ": " + batch.error().message);
    }
    if (!*batch || (*batch)->last_offset() >= replicas.at(id).high_watermark) return {std::nullopt};
    batches.emplace(id, **batch);
  }
  if (batches.empty()) return {std::nullopt};
  return {std::move(batches)};
}

std::optional<ReplicaDifference> difference(const TopicPartition& partition, BrokerId first,
                                            const BatchView& one, BrokerId second,
                                            const BatchView& other) {
  const std::string where = "partition " + partition.to_string();
  if (one.last_offset() != other.last_offset()) {
    return ReplicaDifference{where + ": replica " + std::to_string(first) + "'s offset " +
                                 std::to_string(one.last_offset()) + " doesn't match replica " +
                                 std::to_string(second) + "'s offset " +
                                 std::to_string(other.last_offset()),
                             true};
  }
  if (one.crc() == other.crc()) return std::nullopt;
  return ReplicaDifference{
      where + " has unmatched checksum at offset " + std::to_string(other.last_offset()) +
          "; replica " + std::to_string(first) + "'s checksum " + std::to_string(one.crc()) +
          "; replica " + std::to_string(second) + "'s checksum " + std::to_string(other.crc()),
      false};
}

}  // namespace

base::Result<std::vector<ReplicaDifference>> ReplicaComparison::compare(
    const TopicPartition& partition, const FetchedReplicas& replicas) {
  std::vector<ReplicaDifference> differences;
  Offset& offset = offsets_.at(partition);
  Offset high_watermark = -1;
  Readers readers;
  for (const auto& [id, replica] : replicas) {
    high_watermark = std::max(high_watermark, replica.high_watermark);
    readers.emplace(id, BatchReader(replica.records));
  }
  for (;;) {
    auto batches = next_of_each(readers, replicas);
    if (!batches) {
      return base::Error("partition " + partition.to_string() + " at offset " +
                         std::to_string(offset) + ", " + batches.error().message);
    }
    if (!*batches) break;
    const auto& [first, one] = *(*batches)->begin();
    for (const auto& [id, other] : **batches) {
      auto found = difference(partition, first, one, id, other);
      if (!found) continue;
      differences.push_back(*found);
      if (found->ends_verification) return differences;
    }
    offset = one.next_offset();
  }
  if (high_watermark - offset > lag_.lag) {
    lag_ = {.lag = high_watermark - offset, .partition = partition, .offset = offset};
  }
  return differences;
}

}  // namespace odradek::tools
