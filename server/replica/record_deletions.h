// RecordDeletions: raises the log start of partitions led here and answers when every live replica
// has followed.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

struct DeletionEntry {
  TopicPartition partition;
  Offset offset = 0;  // the new log start; kToHighWatermark: whatever is committed by now
};

struct DeletionOutcome {
  ErrorCode error = ErrorCode::kNone;
  Offset low_watermark = -1;
};

// One outcome per entry, in their order; on the caller's thread or on the one that completed the
// wait.
using DeletionCallback = std::function<void(std::vector<DeletionOutcome>)>;

// Safe from any thread.
class RecordDeletions {
 public:
  RecordDeletions(ReplicaSet& replicas, log::LogManager& logs, PartitionWaits& waits)
      : replicas_(replicas), logs_(logs), waits_(waits) {}

  // Records below the new start are gone for readers at once; their segments go with retention.
  void delete_records(const std::vector<DeletionEntry>& entries, std::int32_t timeout_ms,
                      DeletionCallback callback);
  // The smallest log start of the replicas on live brokers, a future log here included; errors as
  // ReplicaSet::leader().
  base::Result<Offset> low_watermark(const TopicPartition& partition) const;

 private:
  ReplicaSet& replicas_;
  log::LogManager& logs_;
  PartitionWaits& waits_;
};

}  // namespace odradek::replica
