// Partitions: leader and in-sync replicas in ZooKeeper, many at a time (zookeeper.md §1.7).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/partition_state.h"
#include "zk/store/fence.h"

namespace odradek::zk {

struct StoredPartitionState {
  PartitionState state;
  std::int32_t partition_epoch = 0;  // the node's data version
};

struct PartitionStateUpdate {
  protocol::TopicPartition partition;
  PartitionState state;
  std::int32_t expected_partition_epoch = 0;  // not used when creating
};

struct PartitionUpdateResult {
  // kOk; kBadVersion: read again and redo; kNoNode, kNodeExists.
  Code code = Code::kOk;
  std::int32_t partition_epoch = 0;  // after the update, when kOk
};

// Safe from any thread.
class Partitions {
 public:
  explicit Partitions(Session& session) : session_(session) {}

  // Pipelined, in the order asked; nullopt where there is no node, or (after a log line) the
  // payload cannot be read. Arms the node's watch where a handler is registered.
  base::Result<std::vector<std::optional<StoredPartitionState>>> read(
      const std::vector<protocol::TopicPartition>& partitions);
  // As read(), of many (read_many); watches may be armed or not.
  base::Result<std::vector<std::optional<StoredPartitionState>>> read_all(
      const std::vector<protocol::TopicPartition>& partitions);

  // Creates …/partitions, …/partitions/<p> and …/state; results in the order of `updates`. A state
  // that a lost connection makes look like a foreign one is recognised as ours.
  base::Result<std::vector<PartitionUpdateResult>> create(
      const Fence& fence, const std::vector<PartitionStateUpdate>& updates);

  // Compare-and-set of each state on its own, in few round trips.
  base::Result<std::vector<PartitionUpdateResult>> update(
      const Fence& fence, const std::vector<PartitionStateUpdate>& updates);

  // As leaders below IBP 2.7-IV2 do (§2.5b): not fenced. kOk also when the node already says the
  // same.
  base::Result<PartitionUpdateResult> update_as_leader(const PartitionStateUpdate& update);

 private:
  base::Status confirm_resent(const std::vector<PartitionStateUpdate>& updates,
                              const std::vector<bool>& doubtful,
                              std::vector<PartitionUpdateResult>& results);

  Session& session_;
};

}  // namespace odradek::zk
