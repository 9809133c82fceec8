// ControlledShutdown: moves leaders away from a broker that is about to stop (zookeeper.md §2.9).
#pragma once

#include "server/controller/context.h"
#include "server/controller/fenced_store.h"
#include "server/controller/partition_states.h"
#include "server/controller/replica_states.h"
#include "server/controller/request_batch.h"
#include "server/controller/requests.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class ControlledShutdown {
 public:
  ControlledShutdown(Context& context, FencedStore& store, RequestBatch& batch,
                     PartitionStates& partitions, ReplicaStates& replicas)
      : context_(context),
        store_(store),
        batch_(batch),
        partitions_(partitions),
        replicas_(replicas) {}

  ControlledShutdownAnswer on_request(const ControlledShutdownRequest& request);

 private:
  void move_away(BrokerId broker);

  Context& context_;
  FencedStore& store_;
  RequestBatch& batch_;
  PartitionStates& partitions_;
  ReplicaStates& replicas_;
};

}  // namespace odradek::controller
