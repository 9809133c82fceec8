// TopicChanges: what follows when topics and partitions appear in ZooKeeper, vanish, or lose their
// id (zookeeper.md §2.3).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/partition_states.h"
#include "server/controller/replica_states.h"
#include "server/controller/watched_nodes.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class TopicChanges {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    PartitionStates& partitions;
    ReplicaStates& replicas;
    WatchedNodes& watches;
  };
  TopicChanges(const ControllerOptions& options, Parts parts) : options_(options), parts_(parts) {}

  // At failover: every topic with its partitions, and the states of them.
  void load_all();
  // /brokers/topics changed.
  void on_change();
  // The node of one topic changed.
  void on_modification(const std::string& topic);

 private:
  // Puts topics into the context, with watches, and gives ids to those without one.
  std::vector<std::string> load(const std::vector<std::string>& topics);
  void give_ids(std::map<std::string, zk::TopicAssignment>& assignments);
  void create(const std::vector<TopicPartition>& partitions);
  void restore(const std::string& topic);
  zk::TopicAssignment known_assignment(const std::string& name) const;

  const ControllerOptions& options_;
  Parts parts_;
};

}  // namespace odradek::controller
