// IsrChanges: leaders that ask for another in-sync set, or tell that they wrote one themselves
// (zookeeper.md §2.5).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/reassignment.h"
#include "server/controller/request_batch.h"
#include "server/controller/requests.h"

namespace odradek::controller {

// What to do with one proposal of a leader, decided from values alone.
struct IsrDecision {
  ErrorCode error = ErrorCode::kNone;
  bool is_written = false;  // no error, and ZooKeeper does not have it yet
};
// `partition` null: unknown. `is_eligible` says whether a broker may be in sync: it lives, is not
// stopping, and has the epoch that the leader saw (-1: the leader does not say).
IsrDecision decide_isr_change(const IsrChange& change, BrokerId sender, std::int16_t version,
                              const Partition* partition,
                              const std::function<bool(BrokerId, std::int64_t)>& is_eligible);

// Belongs to the controller's event thread.
class IsrChanges {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    RequestBatch& batch;
    Reassignments& reassignments;
  };
  explicit IsrChanges(Parts parts) : parts_(parts) {}

  // `reply` is called before reassignments go on, so that the leader does not wait for them.
  void on_request(const AlterPartitionRequest& request, const Reply<AlterPartitionAnswer>& reply);
  // /isr_change_notification changed.
  void on_notification();
  // The state of a partition that is being reassigned changed (IBP < 2.7-IV2).
  void on_state_changed(const TopicPartition& partition);

 private:
  AlterPartitionAnswer decide(const AlterPartitionRequest& request);
  void write(const AlterPartitionRequest& request, const std::vector<std::size_t>& accepted,
             AlterPartitionAnswer& answer);
  void refresh(const std::vector<TopicPartition>& partitions);
  void announce(const std::vector<TopicPartition>& partitions);

  Parts parts_;
};

}  // namespace odradek::controller
