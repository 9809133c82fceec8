// Appends: writes the records of a produce request to the partitions led here and answers when
// enough replicas have them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

struct AppendEntry {
  TopicPartition partition;
  base::MutableBytes records;  // magic 2 batches; offsets are assigned in place
};

struct AppendOutcome {
  ErrorCode error = ErrorCode::kNone;
  std::string message;  // for the client, where there is more to say than the code
  log::AppendInfo info;
  std::vector<protocol::RecordError> record_errors;
  PartitionPtr awaits_flush;  // written, but to be on disk before it is acknowledged
};

struct AppendRequest {
  std::int16_t acks = 1;        // 0 and 1: the leader's log is enough; -1: every in-sync replica
  std::int32_t timeout_ms = 0;  // how long acks -1 may wait
  log::AppendSpec spec;         // who writes, in which version of Produce
  std::vector<AppendEntry> entries;
};

// One outcome per entry, in their order; on the caller's thread or on the one that completed the
// wait.
using AppendCallback = std::function<void(std::vector<AppendOutcome>)>;

// Safe from any thread.
class Appends {
 public:
  Appends(ReplicaSet& replicas, PartitionWaits& waits) : replicas_(replicas), waits_(waits) {}

  void append(const AppendRequest& request, AppendCallback callback);

 private:
  // What is left of a request once its records are written.
  struct Written;
  AppendOutcome append_one(const AppendEntry& entry, const AppendRequest& request);
  void await_flushes(const std::shared_ptr<Written>& written);
  void acknowledge(Written& written);

  ReplicaSet& replicas_;
  PartitionWaits& waits_;
};

}  // namespace odradek::replica
