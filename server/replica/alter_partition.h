// AlterPartition: asks the controller to change in-sync replicas, as leaders do from
// inter.broker.protocol.version 2.7-IV2 on (zookeeper.md §2.5a).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "protocol/messages/alter_partition.h"
#include "server/client/connection_factory.h"
#include "server/replica/isr_updater.h"

namespace odradek::replica {

struct AlterPartitionOptions {
  std::string listener;           // where the controller takes requests of brokers
  std::int16_t max_version = 0;   // by inter.broker.protocol.version
  bool may_use_topic_ids = true;  // likewise
  std::int64_t timeout_ms = 30'000;
};

// The request for these proposals; what their answers are called by stands in the proposals.
protocol::AlterPartitionRequest request_of(const std::vector<IsrProposal>& proposals);
// In the order of the proposals.
std::vector<std::optional<IsrAnswer>> answers_in(const protocol::AlterPartitionResponse& response,
                                                 const std::vector<IsrProposal>& proposals);

class AlterPartition : public IsrWriter {
 public:
  AlterPartition(BrokerId broker, const std::atomic<std::int64_t>& broker_epoch,
                 const metadata::MetadataCache& metadata, client::ConnectionFactory& connections,
                 AlterPartitionOptions options)
      : broker_(broker),
        broker_epoch_(broker_epoch),
        metadata_(metadata),
        connections_(connections),
        options_(std::move(options)) {}

  base::Result<std::vector<std::optional<IsrAnswer>>> write(
      const std::vector<IsrProposal>& proposals) override EXCLUDES(mutex_);
  void close() override EXCLUDES(mutex_);

 private:
  using ConnectionPtr = std::shared_ptr<client::BrokerConnection>;

  base::Result<ConnectionPtr> connection(client::Deadline deadline) EXCLUDES(mutex_);
  base::Result<protocol::AlterPartitionResponse> ask(const std::vector<IsrProposal>& proposals)
      EXCLUDES(mutex_);
  void drop() EXCLUDES(mutex_);

  const BrokerId broker_;
  const std::atomic<std::int64_t>& broker_epoch_;
  const metadata::MetadataCache& metadata_;
  client::ConnectionFactory& connections_;
  const AlterPartitionOptions options_;
  client::Endpoint controller_;  // of the connection
  base::Mutex mutex_;
  bool closed_ GUARDED_BY(mutex_) = false;
  ConnectionPtr connection_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
