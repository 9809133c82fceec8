// Replicas: a broker's replicas on a real log, told what to lead by LeaderAndIsr requests.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "protocol/messages/update_metadata.h"
#include "protocol/record/batch_builder.h"
#include "server/log/log_manager.h"
#include "server/metadata/metadata_cache.h"
#include "server/purgatory/timer.h"
#include "server/replica/append.h"
#include "server/replica/high_watermarks.h"
#include "server/replica/isr_updater.h"
#include "server/replica/leadership.h"
#include "server/replica/read.h"
#include "server/replica/record_deletions.h"
#include "tests/support/temporary_directory.h"

namespace odradek::replica {

inline constexpr BrokerId kSelf = 1;
inline constexpr std::int64_t kSessionTimeoutMs = 4'000;

// Keeps what is proposed, and answers it as the test wants.
class Proposals : public IsrWriter {
 public:
  base::Result<std::vector<std::optional<IsrAnswer>>> write(
      const std::vector<IsrProposal>& proposals) override {
    std::vector<std::optional<IsrAnswer>> answers;
    for (const IsrProposal& proposal : proposals) {
      all.push_back(proposal);
      IsrAnswer answer{.error = error,
                       .leader_epoch = proposal.leader_epoch,
                       .isr = proposal.isr,
                       .partition_epoch = proposal.partition_epoch + 1};
      answers.emplace_back(answer);
    }
    return answers;
  }
  void close() override {}

  ErrorCode error = ErrorCode::kNone;
  std::vector<IsrProposal> all;
};

class Replicas : public ::testing::Test {
 protected:
  explicit Replicas(BrokerId self = kSelf, const Durability& durable = {})
      : durability(durable),
        replicas(self, metadata, clock, 10'000, kSessionTimeoutMs, durability) {
    alive({1, 2, 3});
    EXPECT_TRUE(logs.start([](const std::string&) { return log::LogOptions(); }).ok());
    timer.start();
  }
  ~Replicas() override { logs.shutdown(); }

  void alive(const std::vector<BrokerId>& brokers) {
    protocol::UpdateMetadataRequest update;
    for (BrokerId id : brokers) {
      update.live_brokers.push_back({.id = id, .v0_host = "", .endpoints = {}, .rack = {}});
    }
    metadata.update(update);
  }
  protocol::LeaderAndIsrRequest request(std::int32_t leader_epoch, BrokerId leader,
                                        std::vector<BrokerId> isr) {
    protocol::LeaderAndIsrRequest request;
    protocol::LeaderAndIsrRequest::PartitionState state;
    state.leader = leader;
    state.leader_epoch = leader_epoch;
    state.isr = isr;
    state.replicas = {1, 2, 3};
    state.is_new = true;
    request.topic_states.push_back({"t", topic_id, {state}});
    return request;
  }
  ErrorCode apply(std::int32_t leader_epoch, BrokerId leader, std::vector<BrokerId> isr) {
    changes = {};
    auto response = leadership.apply(request(leader_epoch, leader, isr), changes);
    return response.topics.at(0).partition_errors.at(0).error_code;
  }

  static base::Bytes batch(int records) {
    protocol::BatchBuilder builder({});
    for (int i = 0; i < records; ++i) {
      builder.append(1'700'000'000'000, std::nullopt, base::as_bytes("value"));
    }
    auto built = builder.build();
    EXPECT_TRUE(built.ok());
    return *built;
  }
  // The outcome, once it came.
  std::shared_ptr<std::vector<AppendOutcome>> append(std::int16_t acks, int records,
                                                     std::int32_t timeout_ms = 30'000) {
    auto bytes = std::make_shared<base::Bytes>(batch(records));
    auto outcome = std::make_shared<std::vector<AppendOutcome>>();
    appends.append({.acks = acks, .timeout_ms = timeout_ms, .entries = {{{"t", 0}, *bytes}}},
                   [outcome, bytes](std::vector<AppendOutcome> done) { *outcome = done; });
    return outcome;
  }
  // The same, for who waits until it comes.
  std::future<AppendOutcome> append_in_background(std::int16_t acks) {
    auto promise = std::make_shared<std::promise<AppendOutcome>>();
    auto bytes = std::make_shared<base::Bytes>(batch(1));
    appends.append(
        {.acks = acks, .timeout_ms = 30'000, .entries = {{{"t", 0}, *bytes}}},
        [promise, bytes](std::vector<AppendOutcome> done) { promise->set_value(done.at(0)); });
    return promise->get_future();
  }
  std::shared_ptr<std::vector<ReadOutcome>> fetch(Offset offset, std::int32_t min_bytes,
                                                  std::int32_t max_wait_ms, BrokerId from = -1) {
    auto outcome = std::make_shared<std::vector<ReadOutcome>>();
    reads.fetch(
        {.replica_id = from,
         .max_wait_ms = max_wait_ms,
         .min_bytes = min_bytes,
         .max_bytes = 1 << 20,
         .entries = {{.partition = {"t", 0}, .fetch_offset = offset, .max_bytes = 1 << 20}}},
        [outcome](std::vector<ReadOutcome> done) { *outcome = done; });
    return outcome;
  }

  const Durability durability;
  testing::TemporaryDirectory directory;
  base::Uuid topic_id = base::Uuid::random(true);
  base::ManualClock clock;  // of lags
  metadata::MetadataCache metadata;
  log::LogManager logs{
      {directory.file("a"), directory.file("b")}, log::LogManagerOptions(), base::Clock::system()};
  purgatory::Timer timer{"test-timer", base::Clock::system()};
  PartitionWaits waits{timer};
  HighWatermarks high_watermarks{logs};
  ReplicaSet replicas;
  Leadership leadership{
      replicas, logs, high_watermarks, waits,
      [](const std::vector<std::string>&) { return Leadership::SettingsByTopic(); }};
  Appends appends{replicas, waits};
  log::ReadAhead read_ahead;
  Proposals proposals;
  IsrUpdater isr_updater{replicas, waits, proposals};
  ReplicationThrottle throttle{clock, 11, 1000};
  Reads reads{replicas, waits, isr_updater, read_ahead, throttle};
  LeadershipChanges changes;
};

}  // namespace odradek::replica
