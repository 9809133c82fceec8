// ActiveController: what a broker does and knows between its election as controller and its
// resignation.
#pragma once

#include "base/scheduler.h"
#include "server/client/connection_factory.h"
#include "server/controller/broker_changes.h"
#include "server/controller/channel_manager.h"
#include "server/controller/context.h"
#include "server/controller/controlled_shutdown.h"
#include "server/controller/event_queue.h"
#include "server/controller/fenced_store.h"
#include "server/controller/isr_changes.h"
#include "server/controller/options.h"
#include "server/controller/partition_states.h"
#include "server/controller/preferred_leaders.h"
#include "server/controller/reassignment.h"
#include "server/controller/replica_states.h"
#include "server/controller/request_batch.h"
#include "server/controller/topic_changes.h"
#include "server/controller/topic_deletion.h"
#include "server/controller/watched_nodes.h"
#include "zk/client/session.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class ActiveController {
 public:
  // `options` may be changed between events (dynamic configuration).
  ActiveController(const ControllerOptions& options, zk::Session& session,
                   client::ConnectionFactory& connections, EventQueue& events,
                   base::Scheduler& timers);

  // The failover, in upstream's order. What failed stands in store().failure().
  void take_over(const zk::Fence& fence);
  // Forgets everything; sends and writes nothing.
  void resign();

  FencedStore& store() { return store_; }
  const Context& context() const { return context_; }

  // One overload per event of an active controller.
  void process(BrokerChange) { broker_changes_.on_change(); }
  void process(const BrokerModification& event) { broker_changes_.on_modification(event.broker); }
  void process(TopicChange) { topic_changes_.on_change(); }
  void process(const PartitionModification& event) { topic_changes_.on_modification(event.topic); }
  void process(TopicDeletionChange) { deletion_.on_marked(store_.deletions()); }
  void process(ReassignmentNodeChanged) { reassignments_.on_node_changed(); }
  void process(const ReassignmentIsrChange& event);
  void process(PreferredElectionNodeChanged) { preferred_leaders_.on_node_changed(); }
  void process(IsrChangeNotified) { isr_changes_.on_notification(); }
  void process(LogDirEventNotified) { broker_changes_.on_log_dir_events(); }
  void process(WatchTopics);
  void process(AutoRebalance) { preferred_leaders_.balance(); }
  void process(ExpireTokens) { options_.expire_tokens(); }
  void process(const UncleanElectionEnabled& event);
  void process(const LeaderAndIsrAnswered& event);
  void process(const StopReplicaAnswered& event);
  void process(const ControlledShutdownAsked& event);
  void process(const AlterPartitionAsked& event);
  void process(const ElectLeadersAsked& event);
  void process(const ReassignmentAsked& event);
  void process(const ListReassignmentsAsked& event);
  void process(const ProducerIdsAsked& event);
  void process(const FeaturesAsked& event);

 private:
  void set_up_features();
  void watch_nodes();
  void delete_notifications();
  void load_context();
  void start_replicas();
  void start_partitions();
  void start_timers();
  ProducerIdsAnswer allocate_ids(const ProducerIdsRequest& request);

  const ControllerOptions& options_;
  zk::Session& session_;
  EventQueue& events_;
  base::Scheduler& timers_;
  Context context_;
  FencedStore store_;
  ChannelManager channels_;
  RequestBatch batch_;
  WatchedNodes watches_;
  PartitionStates partitions_;
  ReplicaStates replicas_;
  TopicDeletion deletion_;
  Reassignments reassignments_;
  BrokerChanges broker_changes_;
  TopicChanges topic_changes_;
  PreferredLeaders preferred_leaders_;
  ControlledShutdown controlled_shutdown_;
  IsrChanges isr_changes_;
  base::TaskId rebalance_timer_ = base::TaskId::kNone;
  base::TaskId token_timer_ = base::TaskId::kNone;
};

}  // namespace odradek::controller
