#include "server/controller/active_controller.h"

#include <utility>

#include "base/log.h"
#include "server/controller/features.h"
#include "zk/data/paths.h"
#include "zk/store/producer_ids.h"

namespace odradek::controller {

ActiveController::ActiveController(const ControllerOptions& options, zk::Session& session,
                                   client::ConnectionFactory& connections, EventQueue& events,
                                   base::Scheduler& timers)
    : options_(options),
      session_(session),
      events_(events),
      timers_(timers),
      context_(options.broker_id),
      store_(session),
      channels_(options, connections, events),
      batch_(options, context_, channels_),
      watches_(session.watches(), events),
      partitions_(options, context_, store_, batch_),
      replicas_(context_, store_, batch_),
      deletion_(options, {.context = context_,
                          .store = store_,
                          .batch = batch_,
                          .partitions = partitions_,
                          .replicas = replicas_,
                          .watches = watches_}),
      reassignments_(options, {.context = context_,
                               .store = store_,
                               .batch = batch_,
                               .partitions = partitions_,
                               .replicas = replicas_,
                               .deletion = deletion_,
                               .watches = watches_}),
      broker_changes_({.context = context_,
                       .store = store_,
                       .batch = batch_,
                       .channels = channels_,
                       .partitions = partitions_,
                       .replicas = replicas_,
                       .deletion = deletion_,
                       .reassignments = reassignments_,
                       .watches = watches_}),
      topic_changes_(options, {.context = context_,
                               .store = store_,
                               .partitions = partitions_,
                               .replicas = replicas_,
                               .watches = watches_}),
      preferred_leaders_(options,
                         {.context = context_, .store = store_, .partitions = partitions_}),
      controlled_shutdown_(context_, store_, batch_, partitions_, replicas_),
      isr_changes_({.context = context_,
                    .store = store_,
                    .batch = batch_,
                    .reassignments = reassignments_}) {}

void ActiveController::take_over(const zk::Fence& fence) {
  context_.reset();
  context_.set_epoch(fence.controller_epoch);
  context_.set_leaders_write_states(!config::has_alter_partition(options_.protocol_version));
  store_.begin(fence);
  LOG(INFO) << context_.tag() << "elected; reading the cluster's state from ZooKeeper";
  const std::int64_t begun_ms = session_.clock().monotonic_ms();
  set_up_features();
  watch_nodes();
  delete_notifications();
  load_context();
  deletion_.load(store_.deletions());
  if (!store_.ok()) return;
  // Brokers refuse leaders that they do not know, so the list of brokers comes before any leader.
  // It comes with all partitions: what follows tells of those with live replicas first, and a
  // client that asked in between a broker that has just started would see topics with partitions
  // missing.
  batch_.begin();
  batch_.add_update_metadata(context_.live_or_shutting_down(), context_.all_partitions());
  batch_.send();
  start_replicas();
  start_partitions();
  if (!store_.ok()) return;
  LOG(INFO) << context_.tag() << "in charge of " << context_.topics().size() << " topics, "
            << context_.all_partitions().size() << " partitions, " << context_.brokers().size()
            << " brokers after " << session_.clock().monotonic_ms() - begun_ms << " ms";
  reassignments_.resume_all();
  deletion_.resume();
  preferred_leaders_.resume();
  start_timers();
  events_.put(WatchTopics{});
}

void ActiveController::process(WatchTopics) {
  if (topic_changes_.watch_some()) events_.put(WatchTopics{});
}

void ActiveController::resign() {
  timers_.cancel(rebalance_timer_);
  timers_.cancel(token_timer_);
  watches_.forget_all();
  channels_.stop();
  batch_.drop();
  context_.reset();
  store_.end();
}

void ActiveController::set_up_features() {
  const config::InterBrokerProtocol version = options_.protocol_version;
  store_.set_up_features(config::has_feature_znode(version),
                         config::has_feature_znode_v2(version) ? 2 : 1);
}

void ActiveController::watch_nodes() {
  watches_.children(zk::paths::kBrokerIds, BrokerChange{});
  watches_.children(zk::paths::kTopics, TopicChange{});
  watches_.children(zk::paths::kDeleteTopics, TopicDeletionChange{});
  watches_.children(zk::paths::kLogDirEvents, LogDirEventNotified{});
  watches_.children(zk::paths::kIsrChanges, IsrChangeNotified{});
  watches_.node(zk::paths::kPreferredReplicaElection, PreferredElectionNodeChanged{});
  watches_.node(zk::paths::kReassignPartitions, ReassignmentNodeChanged{});
}

void ActiveController::delete_notifications() {
  // Whatever they tell is read from the states below.
  store_.delete_log_dir_events(store_.log_dir_events().names);
  store_.delete_isr_changes(store_.isr_changes().names);
}

void ActiveController::load_context() {
  const std::vector<zk::RegisteredBroker> brokers = store_.brokers();
  for (const zk::RegisteredBroker& broker : brokers) context_.put_broker(broker);
  topic_changes_.load_all();
  broker_changes_.watch(context_.live_or_shutting_down());
  if (store_.ok()) channels_.start(context_.epoch(), brokers);
}

void ActiveController::start_replicas() {
  std::vector<PartitionReplica> online;
  std::vector<PartitionReplica> offline;
  for (const TopicPartition& id : context_.all_partitions()) {
    Partition& partition = *context_.partition(id);
    for (BrokerId broker : partition.assignment.replicas) {
      const bool is_online = context_.is_replica_online(broker, id);
      // A dead replica counts as one whose deletion failed, in case its topic is being deleted.
      partition.replica_states[broker] =
          is_online ? ReplicaState::kOnline : ReplicaState::kDeletionIneligible;
      (is_online ? online : offline).push_back({id, broker});
    }
  }
  replicas_.move(online, ReplicaState::kOnline);
  replicas_.move(offline, ReplicaState::kOffline);
}

void ActiveController::start_partitions() {
  for (const TopicPartition& id : context_.all_partitions()) {
    Partition& partition = *context_.partition(id);
    if (!partition.leadership) {
      partition.state = PartitionState::kNew;
    } else {
      partition.state = context_.is_replica_online(partition.leadership->leader, id)
                            ? PartitionState::kOnline
                            : PartitionState::kOffline;
    }
  }
  partitions_.try_all_online();
}

void ActiveController::start_timers() {
  if (options_.auto_leader_rebalance_enable) {
    rebalance_timer_ = timers_.schedule(
        "auto-leader-rebalance", [this] { events_.put(AutoRebalance{}); },
        options_.leader_imbalance_first_delay_ms, options_.leader_imbalance_check_interval_ms);
  }
  if (options_.expire_tokens) {
    token_timer_ = timers_.schedule(
        "delete-expired-tokens", [this] { events_.put(ExpireTokens{}); }, 0,
        options_.token_check_interval_ms);
  }
}

void ActiveController::process(const ReassignmentIsrChange& event) {
  isr_changes_.on_state_changed(event.partition);
}

void ActiveController::process(const UncleanElectionEnabled& event) {
  LOG(INFO) << context_.tag() << "unclean leader election enabled for "
            << (event.topic ? "topic " + *event.topic : std::string("all topics"));
  partitions_.try_all_online(event.topic);
}

void ActiveController::process(const LeaderAndIsrAnswered& event) {
  if (event.controller_epoch == context_.epoch()) broker_changes_.on_answer(event);
}

void ActiveController::process(const StopReplicaAnswered& event) {
  if (event.controller_epoch == context_.epoch()) deletion_.on_answer(event);
}

void ActiveController::process(const ControlledShutdownAsked& event) {
  event.reply(controlled_shutdown_.on_request(event.request));
}

void ActiveController::process(const AlterPartitionAsked& event) {
  isr_changes_.on_request(event.request, event.reply);
}

void ActiveController::process(const ElectLeadersAsked& event) {
  event.reply(preferred_leaders_.on_request(event.request));
}

void ActiveController::process(const ReassignmentAsked& event) {
  event.reply(reassignments_.on_request(event.request));
}

void ActiveController::process(const ListReassignmentsAsked& event) {
  event.reply(reassignments_.list(event.request));
}

void ActiveController::process(const ProducerIdsAsked& event) {
  event.reply(allocate_ids(event.request));
}

void ActiveController::process(const FeaturesAsked& event) {
  event.reply(change_features(session_, options_.protocol_version, event.request));
}

ProducerIdsAnswer ActiveController::allocate_ids(const ProducerIdsRequest& request) {
  std::optional<std::int64_t> epoch = context_.broker_epoch(request.broker_id);
  if (!epoch) {
    return base::Error(ErrorCode::kBrokerIdNotRegistered,
                       "broker " + std::to_string(request.broker_id) + " is not registered");
  }
  if (*epoch != request.broker_epoch) {
    return base::Error(ErrorCode::kStaleBrokerEpoch, "the epoch of broker " +
                                                         std::to_string(request.broker_id) +
                                                         " is " + std::to_string(*epoch));
  }
  base::Result<zk::ProducerIdBlock> block = zk::allocate_producer_ids(session_, request.broker_id);
  if (!block.ok()) return block.error();
  return ProducerIdBlock{.first = block->first,
                         .length = static_cast<std::int32_t>(block->last - block->first + 1)};
}

}  // namespace odradek::controller
