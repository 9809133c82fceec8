#include "server/replica/record_deletions.h"

#include <algorithm>
#include <utility>

#include "server/replica/delayed_deletion.h"

namespace odradek::replica {
namespace {

DelayedDeletion::Entry begin(ReplicaSet& replicas, const RecordDeletions& deletions,
                             const DeletionEntry& wanted) {
  DelayedDeletion::Entry entry{.partition = wanted.partition};
  auto refuse = [&entry](const base::Error& error) {
    entry.outcome.error = protocol::code_of(error);
    return entry;
  };
  base::Result<PartitionPtr> partition = replicas.leader(wanted.partition);
  if (!partition) return refuse(partition.error());
  base::Result<Offset> start = (*partition)->delete_records_below(wanted.offset);
  if (!start) return refuse(start.error());
  base::Result<Offset> low_watermark = deletions.low_watermark(wanted.partition);
  if (!low_watermark) return refuse(low_watermark.error());
  entry.outcome.low_watermark = *low_watermark;
  if (*low_watermark < *start) entry.waits_for = *start;
  return entry;
}

}  // namespace

base::Result<Offset> RecordDeletions::low_watermark(const TopicPartition& partition) const {
  auto low_watermark = replicas_.low_watermark(partition);
  log::LogPtr future = logs_.find_future(partition);
  if (!low_watermark || future == nullptr) return low_watermark;
  return std::min(*low_watermark, future->log_start_offset());
}

void RecordDeletions::delete_records(const std::vector<DeletionEntry>& entries,
                                     std::int32_t timeout_ms, DeletionCallback callback) {
  std::vector<DelayedDeletion::Entry> begun;
  std::vector<TopicPartition> partitions;
  for (const DeletionEntry& entry : entries) {
    begun.push_back(begin(replicas_, *this, entry));
    partitions.push_back(entry.partition);
  }
  auto delayed =
      std::make_shared<DelayedDeletion>(timeout_ms, *this, std::move(begun), std::move(callback));
  waits_.delete_records.try_complete_else_watch(delayed, std::move(partitions));
}

}  // namespace odradek::replica
