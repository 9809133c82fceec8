// BrokerChanges: what follows when brokers come, go, come back too fast to be seen gone, or change
// their listeners (zookeeper.md §2.3).
#pragma once

#include <set>
#include <vector>

#include "server/controller/channel_manager.h"
#include "server/controller/context.h"
#include "server/controller/events.h"
#include "server/controller/fenced_store.h"
#include "server/controller/partition_states.h"
#include "server/controller/reassignment.h"
#include "server/controller/replica_states.h"
#include "server/controller/request_batch.h"
#include "server/controller/topic_deletion.h"
#include "server/controller/watched_nodes.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class BrokerChanges {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    RequestBatch& batch;
    ChannelManager& channels;
    PartitionStates& partitions;
    ReplicaStates& replicas;
    TopicDeletion& deletion;
    Reassignments& reassignments;
    WatchedNodes& watches;
  };
  explicit BrokerChanges(Parts parts) : parts_(parts) {}

  // /brokers/ids changed.
  void on_change();
  // The node of one broker changed.
  void on_modification(BrokerId broker);
  // Directories of brokers failed: asks them which replicas are affected.
  void on_log_dir_events();
  // A broker's answer says which replicas are in failed directories.
  void on_answer(const LeaderAndIsrAnswered& answered);
  // A data watch on each registration.
  void watch(const std::vector<BrokerId>& brokers);

 private:
  void on_started(const std::vector<zk::RegisteredBroker>& brokers);
  void on_failed(const std::set<BrokerId>& brokers);
  void on_replicas_offline(const std::vector<PartitionReplica>& replicas);
  void announce(const std::vector<BrokerId>& to, const std::vector<TopicPartition>& partitions);

  Parts parts_;
};

}  // namespace odradek::controller
