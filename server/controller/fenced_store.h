// FencedStore: all that the active controller reads and writes in ZooKeeper, under the fence of its
// epoch.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/controller/context.h"
#include "zk/client/session.h"
#include "zk/data/reassignment.h"
#include "zk/store/brokers.h"
#include "zk/store/configs.h"
#include "zk/store/controller.h"
#include "zk/store/deletions.h"
#include "zk/store/fence.h"
#include "zk/store/isr_changes.h"
#include "zk/store/log_dir_events.h"
#include "zk/store/partitions.h"
#include "zk/store/topics.h"

namespace odradek::controller {

enum class WriteOutcome : std::uint8_t { kDone, kBadVersion, kNodeExists, kNoNode, kFailed };

struct LeadershipWrite {
  TopicPartition partition;
  Leadership leadership;  // partition_epoch: the expected version
};
struct LeadershipWritten {
  WriteOutcome outcome = WriteOutcome::kFailed;
  std::int32_t partition_epoch = 0;  // after kDone
};

// What a tool wrote for the controller.
template <class Content>
struct ToolsNode {
  Content content;
  std::int64_t czxid = 0;  // another one: the node was deleted and created again
};

// The first failure sticks: after it nothing is read or written any more, reads are empty and
// writes kFailed, until begin() or clear_failure(). So a step runs to its end without effects, and
// the event loop looks at failure() once. Belongs to the controller's event thread.
class FencedStore {
 public:
  explicit FencedStore(zk::Session& session);

  void begin(const zk::Fence& fence);
  void end();
  const zk::Fence& fence() const { return fence_; }
  bool ok() const { return !failure_.has_value(); }
  const std::optional<base::Error>& failure() const { return failure_; }
  bool controller_moved() const;
  void clear_failure() { failure_.reset(); }

  // Reads arm the watches of nodes and children for which a handler is set.
  std::vector<zk::RegisteredBroker> brokers();
  std::optional<zk::RegisteredBroker> broker(BrokerId id);
  void watch_broker(BrokerId id);
  std::vector<std::string> topics();
  std::map<std::string, zk::TopicAssignment> assignments(const std::vector<std::string>& topics);
  std::map<std::string, zk::StoredAssignment> all_assignments(
      const std::vector<std::string>& topics);
  std::map<std::string, std::int64_t> topic_changes(const std::vector<std::string>& topics);
  // In the order asked; none where there is no state. All of a cluster are read without watches.
  std::vector<std::optional<Leadership>> leaderships(const std::vector<TopicPartition>& partitions);
  std::vector<std::optional<Leadership>> all_leaderships(
      const std::vector<TopicPartition>& partitions);
  // The override of unclean.leader.election.enable, where a topic has one.
  std::map<std::string, bool> unclean_overrides(const std::set<std::string>& topics);

  std::vector<LeadershipWritten> create_leaderships(const std::vector<LeadershipWrite>& writes);
  std::vector<LeadershipWritten> update_leaderships(const std::vector<LeadershipWrite>& writes);
  bool write_assignment(const std::string& topic, const zk::TopicAssignment& assignment);
  void write_assignments(const std::map<std::string, zk::TopicAssignment>& assignments);
  // The topic, its configuration, its mark.
  bool delete_topic(const std::string& topic);

  std::vector<std::string> deletions();
  void unmark_deletions(const std::vector<std::string>& topics);
  zk::IsrChanges isr_changes();
  void delete_isr_changes(const std::vector<std::string>& names);
  zk::LogDirEvents log_dir_events();
  void delete_log_dir_events(const std::vector<std::string>& names);

  // Nodes of the tools; none: there is no node. An unreadable one is logged and counts as empty,
  // and stays.
  std::optional<ToolsNode<zk::Reassignment>> reassignment();
  // Rewrites the node, or deletes it when nothing is left.
  void set_reassignment(const zk::Reassignment& rest);
  std::optional<ToolsNode<std::set<TopicPartition>>> preferred_election();
  void delete_preferred_election();

  void set_up_features(bool enabled, std::int32_t version);

 private:
  template <class T>
  T take(base::Result<T> result);
  bool done(const base::Status& status);
  using States = base::Result<std::vector<std::optional<zk::StoredPartitionState>>>;
  std::vector<std::optional<Leadership>> take_states(States states, std::size_t count);
  // None: there is no node.
  std::optional<zk::Response> read_tools_node(std::string_view path);
  void delete_tools_node(std::string_view path);
  std::vector<LeadershipWritten> write_leaderships(const std::vector<LeadershipWrite>& writes,
                                                   bool create);

  zk::Session& session_;
  zk::Brokers brokers_;
  zk::Topics topics_;
  zk::Partitions partitions_;
  zk::Deletions deletions_;
  zk::Configs configs_;
  zk::Fence fence_;
  std::optional<base::Error> failure_;
};

}  // namespace odradek::controller
