// ReplicaStates: moves replicas between their states, which tells brokers to start, stop or delete
// them (zookeeper.md §2.4).
#pragma once

#include <vector>

#include "server/controller/context.h"
#include "server/controller/elections.h"
#include "server/controller/fenced_store.h"
#include "server/controller/request_batch.h"

namespace odradek::controller {

// Belongs to the controller's event thread. Each call is one batch of requests. A replica in a
// state from which the new one cannot be reached is logged and skipped; the others go on.
class ReplicaStates {
 public:
  ReplicaStates(Context& context, FencedStore& store, RequestBatch& batch)
      : context_(context), store_(store), batch_(batch) {}

  void move(const std::vector<PartitionReplica>& replicas, ReplicaState to);
  // As move(…, kOffline), with what others have put into the batch; true when requests were sent.
  bool move_with_batch(const std::vector<PartitionReplica>& replicas, ReplicaState to);

 private:
  std::vector<PartitionReplica> permitted(const std::vector<PartitionReplica>& replicas,
                                          ReplicaState to);
  void dispatch(const std::vector<PartitionReplica>& replicas, ReplicaState to);
  void to_new(const PartitionReplica& replica);
  void to_online(const PartitionReplica& replica);
  void to_offline(const std::vector<PartitionReplica>& replicas);
  void to_non_existent(const PartitionReplica& replica);
  // Takes one broker's replicas out of the in-sync sets; the partitions for which that is settled.
  std::vector<TopicPartition> leave_isr(BrokerId broker, std::vector<TopicPartition> partitions);
  // One try, from these states; those whose state has changed in ZooKeeper meanwhile are returned.
  std::vector<TopicPartition> leave_isr_once(BrokerId broker,
                                             const std::vector<TopicPartition>& partitions,
                                             std::vector<std::optional<Leadership>> states,
                                             std::vector<TopicPartition>& settled);
  void set_state(const PartitionReplica& replica, ReplicaState to);

  Context& context_;
  FencedStore& store_;
  RequestBatch& batch_;
};

}  // namespace odradek::controller
