// TopicDeletion: takes topics out of the cluster, replica by replica, once every replica can be
// reached (zookeeper.md §2.6).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/events.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/partition_states.h"
#include "server/controller/replica_states.h"
#include "server/controller/request_batch.h"
#include "server/controller/watched_nodes.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class TopicDeletion {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    RequestBatch& batch;
    PartitionStates& partitions;
    ReplicaStates& replicas;
    WatchedNodes& watches;
  };
  TopicDeletion(const ControllerOptions& options, Parts parts) : options_(options), parts_(parts) {}

  // At failover: what is marked in ZooKeeper; topics that cannot be deleted now wait.
  void load(const std::vector<std::string>& marked);
  // Marks have been added.
  void on_marked(const std::vector<std::string>& marked);
  // What was in the way may be gone: a broker is back, a reassignment is over.
  void resume_for(const std::set<std::string>& topics);
  void resume();
  // Of these, the topics that are to be deleted wait.
  void make_ineligible(const std::set<std::string>& topics, const std::string& why);
  // Replicas of topics under deletion that cannot be deleted now.
  void on_replicas_failed(const std::vector<PartitionReplica>& replicas);
  void on_answer(const StopReplicaAnswered& answered);

 private:
  bool is_eligible(const Topic& topic, const std::string& name) const;
  std::set<std::string> topics_that_must_wait(const std::vector<std::string>& topics) const;
  std::vector<std::string> keep_known(const std::vector<std::string>& marked);
  void start(const std::vector<std::string>& topics);
  void delete_replicas(const std::vector<std::string>& topics);
  void retry(const std::vector<std::string>& topics);
  void complete(const std::string& topic);

  const ControllerOptions& options_;
  Parts parts_;
};

}  // namespace odradek::controller
