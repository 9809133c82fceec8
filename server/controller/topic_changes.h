// TopicChanges: what follows when topics and partitions appear in ZooKeeper, vanish, or lose their
// id (zookeeper.md §2.3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
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

  // At failover: every topic with its partitions, and the states of them. The topics are not
  // watched yet.
  void load_all();
  // Watches some of the topics that load_all() read, and looks at those that changed since. False
  // when all are watched.
  bool watch_some();
  // /brokers/topics changed.
  void on_change();
  // The node of one topic changed.
  void on_modification(const std::string& topic);

 private:
  // Puts topics into the context, and gives ids to those without one.
  std::vector<std::string> adopt(std::map<std::string, zk::TopicAssignment> assignments);
  void give_ids(std::map<std::string, zk::TopicAssignment>& assignments);
  void create(const std::vector<TopicPartition>& partitions);
  void restore(const std::string& topic);
  zk::TopicAssignment known_assignment(const std::string& name) const;

  void watch(const std::string& topic);

  const ControllerOptions& options_;
  Parts parts_;
  std::vector<std::pair<std::string, std::int64_t>> unwatched_;  // with the zxid of the change read
};

}  // namespace odradek::controller
