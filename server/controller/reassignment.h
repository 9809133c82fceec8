// Reassignments: moves partitions to other brokers, asked for by requests or by the tools' znode
// (zookeeper.md §2.7).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/fenced_store.h"
#include "server/controller/options.h"
#include "server/controller/partition_states.h"
#include "server/controller/replica_states.h"
#include "server/controller/request_batch.h"
#include "server/controller/requests.h"
#include "server/controller/topic_deletion.h"
#include "server/controller/watched_nodes.h"

namespace odradek::controller {

// What a new target makes of the present assignment: the target first, then those that are to
// leave.
Assignment reassign_to(const Assignment& current, const Replicas& target);

// Belongs to the controller's event thread.
class Reassignments {
 public:
  struct Parts {
    Context& context;
    FencedStore& store;
    RequestBatch& batch;
    PartitionStates& partitions;
    ReplicaStates& replicas;
    TopicDeletion& deletion;
    WatchedNodes& watches;
  };
  Reassignments(const ControllerOptions& options, Parts parts) : options_(options), parts_(parts) {}

  // At failover: what the znode asks for, then what topics' nodes say is under way.
  void resume_all();
  // The znode was created, deleted or changed: a new one is served. Changes of one that is served
  // already are mostly ours, and count for nothing.
  void on_node_changed();
  ReassignmentAnswer on_request(const ReassignmentTargets& targets);
  ListReassignmentsAnswer list(const ListReassignmentsRequest& request) const;
  // Completes those whose target is in sync now.
  void try_to_complete(const std::set<TopicPartition>& partitions);
  // Goes on with those that wait for one of these brokers.
  void on_brokers_started(const std::set<BrokerId>& brokers);

 private:
  using Started = std::map<TopicPartition, base::Error>;  // code 0: started

  // Those that the tools' node asks for and that have begun; none when it is served already.
  std::set<TopicPartition> start_from_node();
  Started start_all(const std::map<TopicPartition, Assignment>& wanted);
  base::Error check_target(const Replicas& original, const Replicas& target) const;
  base::Error begin(const TopicPartition& id, const Assignment& wanted);
  void proceed(const TopicPartition& id);
  void notify_adding(const TopicPartition& id);
  void complete(const TopicPartition& id);
  void settle_leader(const TopicPartition& id);
  void remove_replicas(const TopicPartition& id, const Replicas& replicas);
  bool write_topic(const std::string& topic);
  bool is_target_in_sync(const TopicPartition& id);
  bool bump_leader_epoch(const TopicPartition& id);
  void drop_from_node(const std::set<TopicPartition>& partitions,
                      const std::map<TopicPartition, Replicas>& only_if_equal);

  const ControllerOptions& options_;
  Parts parts_;
  std::int64_t served_czxid_ = 0;  // of the last znode
};

}  // namespace odradek::controller
