// RequestBatch: gathers what brokers are to be told by one step, and sends it as few requests
// (zookeeper.md §2.12).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_metadata.h"
#include "server/controller/context.h"
#include "server/controller/control_request.h"
#include "server/controller/options.h"

namespace odradek::controller {

// Belongs to the controller's event thread. One step: begin(), add…(), send().
class RequestBatch {
 public:
  RequestBatch(const ControllerOptions& options, const Context& context, RequestSink& sink)
      : options_(options), context_(context), sink_(sink) {}

  // The batch must be empty: what an earlier step left would be sent twice or too late.
  void begin();
  // Forgets everything that was added.
  void drop();

  // Also tells all brokers by UpdateMetadata. Brokers that are not alive are skipped here and
  // below.
  void add_leader_and_isr(const Replicas& brokers, const TopicPartition& partition,
                          const Leadership& leadership, bool is_new);
  void add_stop_replica(BrokerId broker, const TopicPartition& partition, bool delete_replica);
  // Without partitions: the list of brokers alone. Partitions without leadership are left out; of
  // the others is told what is known when the batch is sent.
  void add_update_metadata(const std::vector<BrokerId>& brokers,
                           const std::vector<TopicPartition>& partitions);

  // Per broker LeaderAndIsr, UpdateMetadata, StopReplica, in this order.
  void send();
  bool has_sent() const { return has_sent_; }  // whether the last send() had anything to send

 private:
  struct LeaderEntry {
    Leadership leadership;
    bool is_new = false;
  };

  void send_leader_and_isr(BrokerId broker, const std::map<TopicPartition, LeaderEntry>& entries);
  void send_update_metadata();
  void send_stop_replica(BrokerId broker, const std::map<TopicPartition, bool>& entries);
  void send_grouped_stop_replica(BrokerId broker, const std::map<TopicPartition, bool>& entries,
                                 bool delete_replicas);
  protocol::LeaderAndIsrRequest::PartitionState leader_state(const TopicPartition& partition,
                                                             const LeaderEntry& entry) const;
  protocol::UpdateMetadataRequest update_metadata_request(std::int16_t version) const;
  // As the context knows it now; none without leadership.
  std::optional<protocol::UpdateMetadataRequest::PartitionState> metadata_of(
      const TopicPartition& partition) const;
  std::int64_t epoch_of(BrokerId broker) const;
  bool is_empty() const;

  const ControllerOptions& options_;
  const Context& context_;
  RequestSink& sink_;
  std::map<BrokerId, std::map<TopicPartition, LeaderEntry>> leader_and_isr_;
  std::map<BrokerId, std::map<TopicPartition, bool>> stop_replica_;
  std::set<BrokerId> update_metadata_;
  bool tells_all_ = false;  // UpdateMetadata goes to every broker
  std::set<TopicPartition> metadata_;
  bool has_sent_ = false;
};

}  // namespace odradek::controller
