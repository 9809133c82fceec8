#include "server/replica/delayed_fetch.h"

#include <algorithm>
#include <utility>

#include "base/no_wait.h"

namespace odradek::replica {

DelayedFetch::DelayedFetch(ReadRequest request, std::vector<log::OffsetMetadata> positions,
                           Reads& reads, ReplicaSet& replicas, ReadCallback callback)
    : DelayedOperation(request.max_wait_ms),
      request_(std::move(request)),
      positions_(std::move(positions)),
      reads_(reads),
      replicas_(replicas),
      callback_(std::move(callback)) {}

std::optional<std::int64_t> DelayedFetch::available_bytes(std::size_t index) const {
  const ReadEntry& entry = request_.entries[index];
  base::Result<PartitionPtr> partition =
      replicas_.readable(entry.partition, entry.current_leader_epoch, request_.must_lead);
  if (!partition) return std::nullopt;
  log::LogPtr log = (*partition)->log();
  if (log == nullptr) return std::nullopt;
  Offset end_offset = log->log_end_offset();
  if (request_.replica_id < 0) {
    end_offset = request_.read_committed ? log->last_stable_offset() : log->high_watermark();
  }
  if (end_offset < entry.fetch_offset) return std::nullopt;  // truncated meanwhile
  if (end_offset == entry.fetch_offset) return 0;
  if (reads_.is_held_back(**partition, request_.replica_id)) return 0;
  log::OffsetMetadata end = log->log_end();
  if (end.offset != end_offset) {
    // Whoever moved the high watermark does not wait for a disk to learn how much there is: then
    // what there is is looked up where it may be waited for.
    base::NoWaitReads no_wait;
    base::Result<log::OffsetMetadata> found = log->offset_metadata(end_offset);
    if (!found) return std::nullopt;
    end = *found;
  }
  const log::OffsetMetadata& start = positions_[index];
  if (start.position < 0 || start.segment_base_offset != end.segment_base_offset) {
    return std::nullopt;  // the segment was rolled: whatever is left of the old one is enough
  }
  return std::min<std::int64_t>(end.position - start.position, entry.max_bytes);
}

bool DelayedFetch::try_complete() {
  std::int64_t total_bytes = 0;
  for (std::size_t i = 0; i < request_.entries.size(); ++i) {
    std::optional<std::int64_t> bytes = available_bytes(i);
    if (!bytes) return force_complete();
    total_bytes += *bytes;
  }
  return total_bytes >= request_.min_bytes && force_complete();
}

void DelayedFetch::on_complete() { reads_.read_and_answer(request_, callback_); }

}  // namespace odradek::replica
