// PreferredLeaders: elections that somebody asked for, by request or znode, and the balance of
// leaders (zookeeper.md §2.8).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "server/controller/context.h"
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
  };
  PreferredLeaders(const ControllerOptions& options, Parts parts)
      : options_(options), parts_(parts) {}

  ElectLeadersAnswer on_request(const ElectLeadersRequest& request);
  // At failover: what the tools' znode asks for, whoever saw it before.
  void resume();
  // The znode was created, deleted or changed: a new one is served, elects and is deleted.
  void on_node_changed();
  // Moves leaders back to brokers that lead too few of the partitions that prefer them.
  void balance();

 private:
  std::map<TopicPartition, ElectionResult> elect(const std::set<TopicPartition>& partitions,
                                                 ElectionType type);
  ElectionResult refuse_or_none(const TopicPartition& id, ElectionType type) const;

  const ControllerOptions& options_;
  Parts parts_;
  std::int64_t served_czxid_ = 0;  // of the last znode
};

}  // namespace odradek::controller
