// PreferredLeaders: elections that somebody asked for, by request or znode, and the balance of
// leaders (zookeeper.md §2.8).
#pragma once

#include <map>
#include <set>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/event_queue.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/partition_states.h"
#include "server/controller/requests.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class PreferredLeaders {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    PartitionStates& partitions;
    EventQueue& events;
  };
  PreferredLeaders(const ControllerOptions& options, Parts parts)
      : options_(options), parts_(parts) {}

  ElectLeadersAnswer on_request(const ElectLeadersRequest& request);
  // The znode of the tools was created, or this is a failover: elects and deletes it.
  void on_node_created();
  // Moves leaders back to brokers that lead too few of the partitions that prefer them.
  void balance();

 private:
  std::map<TopicPartition, ElectionResult> elect(const std::set<TopicPartition>& partitions,
                                                 ElectionType type);
  ElectionResult refuse_or_none(const TopicPartition& id, ElectionType type) const;

  const ControllerOptions& options_;
  Parts parts_;
};

}  // namespace odradek::controller
