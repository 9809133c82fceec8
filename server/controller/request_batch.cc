#include "server/controller/request_batch.h"

#include <memory>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace odradek::controller {
namespace {

using protocol::LeaderAndIsrRequest;
using protocol::Payload;
using protocol::StopReplicaRequest;
using protocol::UpdateMetadataRequest;

std::int16_t protocol_number(std::string_view security_protocol) {
  if (security_protocol == "SSL") return 1;
  if (security_protocol == "SASL_PLAINTEXT") return 2;
  if (security_protocol == "SASL_SSL") return 3;
  return 0;
}

// The same body with another broker epoch; everything else is shared, not copied.
Payload with_broker_epoch(const std::shared_ptr<base::Bytes>& body, std::size_t at,
                          std::int64_t epoch) {
  base::ByteView all(*body);
  base::Bytes head(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at));
  for (int shift = 56; shift >= 0; shift -= 8) {
    head.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(epoch) >> shift));
  }
  Payload payload(std::move(head));
  payload.append(all.subspan(at + 8), body);
  return payload;
}

template <class Message>
ControlRequest encoded(const Message& message, std::int16_t version) {
  return {.api = Message::kApi,
          .version = version,
          .body = protocol::Codec<Message>::encode(message, version),
          .deleted = {}};
}

}  // namespace

void RequestBatch::begin() {
  if (!is_empty()) {
    LOG(ERROR) << context_.tag() << "an earlier step left requests that were not sent; dropped";
    drop();
  }
  has_sent_ = false;
}

void RequestBatch::drop() {
  leader_and_isr_.clear();
  stop_replica_.clear();
  update_metadata_.clear();
  tells_all_ = false;
  metadata_.clear();
}

void RequestBatch::add_leader_and_isr(const Replicas& brokers, const TopicPartition& partition,
                                      const Leadership& leadership, bool is_new) {
  for (BrokerId broker : brokers) {
    if (!context_.is_live_or_shutting_down(broker)) continue;
    LeaderEntry& entry = leader_and_isr_[broker][partition];
    entry.leadership = leadership;
    entry.is_new = entry.is_new || is_new;
  }
  tells_all_ = true;
  metadata_.insert(partition);
}

void RequestBatch::add_stop_replica(BrokerId broker, const TopicPartition& partition,
                                    bool delete_replica) {
  if (!context_.is_live_or_shutting_down(broker)) return;
  bool& deletes = stop_replica_[broker][partition];
  deletes = deletes || delete_replica;
}

void RequestBatch::add_update_metadata(const std::vector<BrokerId>& brokers,
                                       const std::vector<TopicPartition>& partitions) {
  for (BrokerId broker : brokers) {
    if (context_.is_live_or_shutting_down(broker)) update_metadata_.insert(broker);
  }
  metadata_.insert(partitions.begin(), partitions.end());
}

std::optional<UpdateMetadataRequest::PartitionState> RequestBatch::metadata_of(
    const TopicPartition& id) const {
  const Partition* partition = context_.partition(id);
  if (partition == nullptr || !partition->leadership) return std::nullopt;
  const Leadership& leadership = *partition->leadership;
  UpdateMetadataRequest::PartitionState state;
  state.topic_name = id.topic;
  state.partition_index = id.partition;
  state.isr = leadership.isr;
  state.replicas = partition->assignment.replicas;
  state.offline_replicas = context_.offline_replicas(id, *partition);
  if (context_.is_queued_for_deletion(id.topic)) {
    state.controller_epoch = context_.epoch();
    state.leader = kLeaderDuringDelete;
    state.leader_epoch = 0;
    state.zk_version = 0;
    return state;
  }
  state.controller_epoch = leadership.controller_epoch;
  state.leader = leadership.leader;
  state.leader_epoch = leadership.leader_epoch;
  state.zk_version = leadership.partition_epoch;
  return state;
}

bool RequestBatch::is_empty() const {
  return leader_and_isr_.empty() && stop_replica_.empty() && update_metadata_.empty() &&
         !tells_all_;
}

void RequestBatch::send() {
  has_sent_ = !is_empty();
  for (const auto& [broker, entries] : leader_and_isr_) send_leader_and_isr(broker, entries);
  send_update_metadata();
  for (const auto& [broker, entries] : stop_replica_) send_stop_replica(broker, entries);
  drop();
}

std::int64_t RequestBatch::epoch_of(BrokerId broker) const {
  return context_.broker_epoch(broker).value_or(kUnknownBrokerEpoch);
}

LeaderAndIsrRequest::PartitionState RequestBatch::leader_state(const TopicPartition& id,
                                                               const LeaderEntry& entry) const {
  LeaderAndIsrRequest::PartitionState state;
  state.topic_name = id.topic;
  state.partition_index = id.partition;
  state.controller_epoch = entry.leadership.controller_epoch;
  state.leader = entry.leadership.leader;
  state.leader_epoch = entry.leadership.leader_epoch;
  state.isr = entry.leadership.isr;
  state.partition_epoch = entry.leadership.partition_epoch;
  if (const Partition* partition = context_.partition(id)) {
    state.replicas = partition->assignment.replicas;
    state.adding_replicas = partition->assignment.adding_replicas;
    state.removing_replicas = partition->assignment.removing_replicas;
  }
  state.is_new = entry.is_new;
  state.leader_recovery_state = entry.leadership.recovering ? 1 : 0;
  return state;
}

void RequestBatch::send_leader_and_isr(BrokerId broker,
                                       const std::map<TopicPartition, LeaderEntry>& entries) {
  const std::int16_t version = config::leader_and_isr_version(options_.protocol_version);
  LeaderAndIsrRequest request;
  request.controller_id = context_.self();
  request.controller_epoch = context_.epoch();
  request.broker_epoch = epoch_of(broker);
  std::set<BrokerId> leaders;
  for (const auto& [id, entry] : entries) {
    leaders.insert(entry.leadership.leader);
    if (version < 2) {
      request.ungrouped_partition_states.push_back(leader_state(id, entry));
      continue;
    }
    if (request.topic_states.empty() || request.topic_states.back().topic_name != id.topic) {
      const Topic* topic = context_.topic(id.topic);
      request.topic_states.push_back({.topic_name = id.topic,
                                      .topic_id = topic ? topic->id : base::Uuid{},
                                      .partition_states = {}});
    }
    request.topic_states.back().partition_states.push_back(leader_state(id, entry));
  }
  for (const auto& [id, live] : context_.brokers()) {
    if (!leaders.contains(id)) continue;
    const zk::BrokerEndpoint* endpoint = live.registration.endpoint(options_.inter_broker_listener);
    if (endpoint == nullptr) {
      LOG(ERROR) << context_.tag() << "broker " << id << " has no listener "
                 << options_.inter_broker_listener << "; broker " << broker
                 << " is not told where to follow it";
      continue;
    }
    request.live_leaders.push_back(
        {.broker_id = id, .host_name = endpoint->host, .port = endpoint->port});
  }
  VLOG(1) << context_.tag() << "LeaderAndIsr with " << entries.size() << " partitions to broker "
          << broker;
  sink_.send(broker, encoded(request, version));
}

UpdateMetadataRequest RequestBatch::update_metadata_request(std::int16_t version) const {
  UpdateMetadataRequest request;
  request.controller_id = context_.self();
  request.controller_epoch = context_.epoch();
  for (const TopicPartition& id : metadata_) {
    std::optional<UpdateMetadataRequest::PartitionState> state = metadata_of(id);
    if (!state) continue;
    if (version < 5) {
      request.ungrouped_partition_states.push_back(std::move(*state));
      continue;
    }
    if (request.topic_states.empty() || request.topic_states.back().topic_name != id.topic) {
      const Topic* topic = context_.topic(id.topic);
      request.topic_states.push_back({.topic_name = id.topic,
                                      .topic_id = topic ? topic->id : base::Uuid{},
                                      .partition_states = {}});
    }
    request.topic_states.back().partition_states.push_back(std::move(*state));
  }
  for (const auto& [id, live] : context_.brokers()) {
    UpdateMetadataRequest::Broker broker;
    broker.id = id;
    broker.rack = live.registration.rack;
    for (const zk::BrokerEndpoint& endpoint : live.registration.endpoints) {
      if (broker.v0_port == 0 && endpoint.security_protocol == "PLAINTEXT") {
        broker.v0_host = endpoint.host;
        broker.v0_port = endpoint.port;
      }
      broker.endpoints.push_back(
          {.port = endpoint.port,
           .host = endpoint.host,
           .listener = endpoint.listener,
           .security_protocol = protocol_number(endpoint.security_protocol)});
    }
    request.live_brokers.push_back(std::move(broker));
  }
  return request;
}

void RequestBatch::send_update_metadata() {
  if (tells_all_) {
    for (const auto& [id, broker] : context_.brokers()) update_metadata_.insert(id);
  }
  if (update_metadata_.empty()) return;
  const std::int16_t version = config::update_metadata_version(options_.protocol_version);
  UpdateMetadataRequest request = update_metadata_request(version);
  // In a large cluster this is by far the largest request: encoded once for all brokers.
  auto body = std::make_shared<base::Bytes>(
      protocol::Codec<UpdateMetadataRequest>::encode(request, version).flatten());
  for (BrokerId broker : update_metadata_) {
    ControlRequest sent{
        .api = UpdateMetadataRequest::kApi, .version = version, .body = {}, .deleted = {}};
    if (version >= 5) {
      // Behind controller id, the KRaft flag of version 8, and controller epoch.
      sent.body = with_broker_epoch(body, version >= 8 ? 9 : 8, epoch_of(broker));
    } else {
      sent.body.append(base::ByteView(*body), body);
    }
    sink_.send(broker, std::move(sent));
  }
}

void RequestBatch::send_stop_replica(BrokerId broker,
                                     const std::map<TopicPartition, bool>& entries) {
  const std::int16_t version = config::stop_replica_version(options_.protocol_version);
  if (version < 3) {
    send_grouped_stop_replica(broker, entries, true);
    send_grouped_stop_replica(broker, entries, false);
    return;
  }
  StopReplicaRequest request;
  request.controller_id = context_.self();
  request.controller_epoch = context_.epoch();
  request.broker_epoch = epoch_of(broker);
  std::vector<TopicPartition> deleted;
  for (const auto& [id, delete_replica] : entries) {
    if (request.topic_states.empty() || request.topic_states.back().topic_name != id.topic) {
      request.topic_states.push_back({.topic_name = id.topic, .partition_states = {}});
    }
    LeaderEpoch epoch = protocol::kNoLeaderEpoch;
    if (context_.is_queued_for_deletion(id.topic)) {
      epoch = kEpochDuringDelete;
    } else if (const Leadership* leadership = context_.leadership(id)) {
      epoch = leadership->leader_epoch;
    }
    request.topic_states.back().partition_states.push_back({.partition_index = id.partition,
                                                            .leader_epoch = epoch,
                                                            .delete_partition = delete_replica});
    if (delete_replica) deleted.push_back(id);
  }
  ControlRequest sent = encoded(request, version);
  sent.deleted = std::move(deleted);
  sink_.send(broker, std::move(sent));
}

void RequestBatch::send_grouped_stop_replica(BrokerId broker,
                                             const std::map<TopicPartition, bool>& entries,
                                             bool delete_replicas) {
  StopReplicaRequest request;
  request.controller_id = context_.self();
  request.controller_epoch = context_.epoch();
  request.broker_epoch = epoch_of(broker);
  request.delete_partitions = delete_replicas;
  std::vector<TopicPartition> chosen;
  for (const auto& [id, delete_replica] : entries) {
    if (delete_replica != delete_replicas) continue;
    chosen.push_back(id);
    request.ungrouped_partitions.push_back(
        {.topic_name = id.topic, .partition_index = id.partition});
    if (request.topics.empty() || request.topics.back().name != id.topic) {
      request.topics.push_back({.name = id.topic, .partition_indexes = {}});
    }
    request.topics.back().partition_indexes.push_back(id.partition);
  }
  if (chosen.empty()) return;
  ControlRequest sent = encoded(request, config::stop_replica_version(options_.protocol_version));
  if (delete_replicas) sent.deleted = std::move(chosen);
  sink_.send(broker, std::move(sent));
}

}  // namespace odradek::controller
