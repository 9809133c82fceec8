// DelayedDeletion: a deletion of records that waits until every live replica begins at the offset.
#pragma once

#include <optional>
#include <vector>

#include "base/mutex.h"
#include "server/purgatory/delayed_operation.h"
#include "server/replica/record_deletions.h"

namespace odradek::replica {

class DelayedDeletion : public purgatory::DelayedOperation {
 public:
  struct Entry {
    TopicPartition partition;
    std::optional<Offset> waits_for;  // nothing: settled
    DeletionOutcome outcome;
  };

  DelayedDeletion(std::int64_t timeout_ms, const RecordDeletions& deletions,
                  std::vector<Entry> entries, DeletionCallback callback);

 protected:
  bool try_complete() override;
  void on_complete() override;
  void on_expiration() override {}

 private:
  // Settles what can be settled; true when nothing is left to wait for.
  bool settle() EXCLUDES(mutex_);

  const RecordDeletions& deletions_;
  base::Mutex mutex_;  // a try may run while the deadline completes
  std::vector<Entry> entries_ GUARDED_BY(mutex_);
  DeletionCallback callback_;
};

}  // namespace odradek::replica
