#include "server/replica/delayed_deletion.h"

#include <algorithm>
#include <utility>

namespace odradek::replica {

DelayedDeletion::DelayedDeletion(std::int64_t timeout_ms, const RecordDeletions& deletions,
                                 std::vector<Entry> entries, DeletionCallback callback)
    : DelayedOperation(timeout_ms),
      deletions_(deletions),
      entries_(std::move(entries)),
      callback_(std::move(callback)) {}

bool DelayedDeletion::settle() {
  base::MutexLock lock(mutex_);
  if (is_completed()) return false;
  for (Entry& entry : entries_) {
    if (!entry.waits_for) continue;
    base::Result<Offset> low_watermark = deletions_.low_watermark(entry.partition);
    if (!low_watermark) {
      entry.outcome = {.error = protocol::code_of(low_watermark.error())};
      entry.waits_for.reset();
    } else if (*low_watermark >= *entry.waits_for) {
      entry.outcome = {.low_watermark = *low_watermark};
      entry.waits_for.reset();
    }
  }
  return std::none_of(entries_.begin(), entries_.end(),
                      [](const Entry& entry) { return entry.waits_for.has_value(); });
}

bool DelayedDeletion::try_complete() { return settle() && force_complete(); }

void DelayedDeletion::on_complete() {
  std::vector<DeletionOutcome> outcomes;
  {
    base::MutexLock lock(mutex_);
    for (Entry& entry : entries_) {
      if (entry.waits_for) entry.outcome.error = ErrorCode::kRequestTimedOut;
      outcomes.push_back(entry.outcome);
    }
  }
  callback_(std::move(outcomes));
}

}  // namespace odradek::replica
