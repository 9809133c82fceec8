// Context: all that the active controller knows of the cluster.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/uuid.h"
#include "server/controller/leadership.h"
#include "server/controller/states.h"
#include "zk/data/topic_assignment.h"
#include "zk/store/brokers.h"

namespace odradek::controller {

using Assignment = zk::PartitionAssignment;

// A step that concerns more partitions than this is told in the log as a whole.
constexpr std::size_t kLoggedOneByOne = 100;

struct Partition {
  Assignment assignment;
  std::optional<Leadership> leadership;  // none: no state znode yet
  PartitionState state = PartitionState::kNonExistent;
  std::map<BrokerId, ReplicaState> replica_states;

  ReplicaState replica_state(BrokerId broker) const;
  Replicas target() const { return without(assignment.replicas, assignment.removing_replicas); }
  Replicas original() const { return without(assignment.replicas, assignment.adding_replicas); }
};

struct Topic {
  base::Uuid id;  // zero: none
  std::map<std::int32_t, Partition> partitions;
  bool queued_for_deletion = false;
  bool deletion_started = false;
  bool deletion_ineligible = false;
};

// Belongs to the controller's event thread.
class Context {
 public:
  explicit Context(BrokerId self) : self_(self) {}

  // As a broker that is not controller knows it: nothing.
  void reset();
  void set_epoch(std::int32_t epoch) { epoch_ = epoch; }
  std::int32_t epoch() const { return epoch_; }
  BrokerId self() const { return self_; }
  std::string tag() const;  // "[controller 1 epoch 5] "

  // Brokers. A broker that asked to be shut down is not live, yet it is still told everything.
  void put_broker(zk::RegisteredBroker broker);
  void remove_broker(BrokerId id);
  const std::map<BrokerId, zk::RegisteredBroker>& brokers() const { return brokers_; }
  std::vector<BrokerId> live_or_shutting_down() const;
  std::vector<BrokerId> live() const;
  bool is_live(BrokerId id) const { return brokers_.contains(id) && !shutting_down_.contains(id); }
  bool is_live_or_shutting_down(BrokerId id) const { return brokers_.contains(id); }
  std::optional<std::int64_t> broker_epoch(BrokerId id) const;
  std::set<BrokerId>& shutting_down() { return shutting_down_; }
  const std::set<BrokerId>& shutting_down() const { return shutting_down_; }

  // Replicas in failed log directories, by broker, until the broker registers anew.
  std::map<BrokerId, std::set<TopicPartition>>& offline_dirs() { return offline_dirs_; }
  bool is_in_offline_dir(BrokerId broker, const TopicPartition& partition) const;
  bool is_replica_online(BrokerId broker, const TopicPartition& partition) const;
  bool is_replica_online_or_shutting_down(BrokerId broker, const TopicPartition& partition) const;

  // Topics and partitions.
  const std::map<std::string, Topic>& topics() const { return topics_; }
  Topic* topic(const std::string& name);
  const Topic* topic(const std::string& name) const;
  Topic& add_topic(const std::string& name);
  void remove_topic(const std::string& name);
  void set_topic_id(const std::string& name, const base::Uuid& id);
  const std::string* topic_name(const base::Uuid& id) const;
  Partition* partition(const TopicPartition& partition);
  const Partition* partition(const TopicPartition& partition) const;
  const Leadership* leadership(const TopicPartition& partition) const;
  bool is_queued_for_deletion(const std::string& topic) const;
  std::vector<std::string> topics_queued_for_deletion() const;

  std::vector<TopicPartition> all_partitions() const;
  std::vector<TopicPartition> partitions_of(const std::string& topic) const;
  std::vector<TopicPartition> partitions_if(
      const std::function<bool(const TopicPartition&, const Partition&)>& wanted) const;
  // Partitions with a replica on the broker.
  std::vector<TopicPartition> partitions_on(BrokerId broker) const;
  std::vector<PartitionReplica> replicas_of(const std::string& topic) const;
  std::vector<PartitionReplica> replicas_of(const std::vector<TopicPartition>& partitions) const;
  std::vector<PartitionReplica> replicas_on(const std::set<BrokerId>& brokers) const;
  std::vector<PartitionReplica> replicas_in_state(const std::string& topic,
                                                  ReplicaState state) const;
  bool has_replica_in_state(const std::string& topic, ReplicaState state) const;
  // Replicas of one partition on dead or stopping brokers or in failed directories, for
  // UpdateMetadata.
  Replicas offline_replicas(const TopicPartition& partition, const Partition& state) const;

  // Whether leaders write states of partitions themselves (IBP < 2.7-IV2), so that what is known
  // here may be out of date.
  bool leaders_write_states() const { return leaders_write_states_; }
  void set_leaders_write_states(bool they_do) { leaders_write_states_ = they_do; }

  std::set<TopicPartition>& reassigning() { return reassigning_; }
  const std::set<TopicPartition>& reassigning() const { return reassigning_; }

 private:
  BrokerId self_;
  std::int32_t epoch_ = 0;
  std::map<BrokerId, zk::RegisteredBroker> brokers_;
  std::set<BrokerId> shutting_down_;
  std::map<BrokerId, std::set<TopicPartition>> offline_dirs_;
  std::map<std::string, Topic> topics_;
  std::unordered_map<base::Uuid, std::string> names_by_id_;
  std::set<TopicPartition> reassigning_;
  bool leaders_write_states_ = false;
};

}  // namespace odradek::controller
