// Leadership that is refused where records are missing that were committed before the broker
// started.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file_faults.h"
#include "protocol/record/batch.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

// What a start makes of the logs that are there.
struct Started {
  Started(log::LogManager& logs, const metadata::MetadataCache& metadata, const base::Clock& clock,
          PartitionWaits& waits, const Durability& durability, const TopicSettings& settings)
      : high_watermarks(logs),
        replicas(kSelf, metadata, clock, 10'000, kSessionTimeoutMs, durability),
        leadership(replicas, logs, high_watermarks, waits,
                   [settings](const std::vector<std::string>&) {
                     return Leadership::SettingsByTopic{{"t", settings}};
                   }) {
    high_watermarks.load();
    leadership.attach_controller([this] { ++asked_again; });
  }

  HighWatermarks high_watermarks;
  ReplicaSet replicas;
  Leadership leadership;
  int asked_again = 0;
};

class LostRecordsTest : public Replicas {
 protected:
  LostRecordsTest() : Replicas(kSelf, {.refuses_lost_records = true}) {}

  // Ten records that are committed, the last four of which do not outlive the machine.
  void lose_records() {
    ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
    append(1, 6);
    append(1, 4);
    high_watermarks.checkpoint(replicas);
    ASSERT_TRUE(logs.find({"t", 0})->truncate_to(6).ok());
  }
  std::unique_ptr<Started> start(const Durability& with, const TopicSettings& settings = {}) {
    return std::make_unique<Started>(logs, metadata, clock, waits, with, settings);
  }
  std::unique_ptr<Started> start() { return start(durability); }
  ErrorCode tell(Started& started, std::int32_t leader_epoch, BrokerId leader,
                 bool is_new = false) {
    auto wanted = request(leader_epoch, leader, {kSelf});
    wanted.topic_states[0].partition_states[0].is_new = is_new;
    LeadershipChanges ignored;
    auto response = started.leadership.apply(wanted, ignored);
    return response.topics.at(0).partition_errors.at(0).error_code;
  }
  Offset recorded() {
    HighWatermarks now(logs);
    now.load();
    return now.take({"t", 0});
  }
  // What the controller tells of the partition.
  void tell_all(BrokerId leader) {
    protocol::UpdateMetadataRequest update;
    for (BrokerId id : {1, 2}) {
      update.live_brokers.push_back({.id = id, .v0_host = "", .endpoints = {}, .rack = {}});
    }
    protocol::UpdateMetadataRequest::PartitionState state;
    state.leader = leader;
    state.leader_epoch = 2;
    update.topic_states.push_back({"t", topic_id, {state}});
    metadata.update(update);
  }
};

TEST_F(LostRecordsTest, AreNotLedAwayHoweverOftenTheBrokerStarts) {
  lose_records();
  for (int life = 0; life < 2; ++life) {
    auto started = start();
    started->high_watermarks.checkpoint(started->replicas);  // before the controller speaks
    EXPECT_EQ(recorded(), 10);
    EXPECT_EQ(tell(*started, 1, kSelf), ErrorCode::kKafkaStorageError);
    EXPECT_EQ(tell(*started, 2, kSelf), ErrorCode::kKafkaStorageError);
    EXPECT_FALSE(started->replicas.leader({"t", 0}).ok());
    started->high_watermarks.checkpoint(started->replicas);
    EXPECT_EQ(recorded(), 10);
  }
}

TEST_F(LostRecordsTest, AreLedAwayWhereTheTopicAllowsIt) {
  lose_records();
  auto started = start(durability, {.allows_unclean_election = true});
  EXPECT_EQ(tell(*started, 1, kSelf), ErrorCode::kNone);
  started->high_watermarks.checkpoint(started->replicas);
  EXPECT_EQ(recorded(), 6);
  EXPECT_EQ(tell(*start(), 2, kSelf), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, AreLedAwayAsTheJvmDoesWhenToldTo) {
  lose_records();
  auto started = start({.refuses_lost_records = false});
  EXPECT_EQ(tell(*started, 1, kSelf), ErrorCode::kNone);
  EXPECT_TRUE(started->replicas.leader({"t", 0}).ok());
}

TEST_F(LostRecordsTest, AreThoseOfNoOtherTopicOfThisName) {
  lose_records();
  EXPECT_EQ(tell(*start(), 1, kSelf, true), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, MayBeTheWholeLog) {
  lose_records();
  ASSERT_TRUE(logs.async_delete({"t", 0}).ok());
  EXPECT_EQ(tell(*start(), 1, kSelf), ErrorCode::kKafkaStorageError);
}

TEST_F(LostRecordsTest, CountNoMoreOnceAnotherLeaderHasTold) {
  lose_records();
  auto started = start();
  ASSERT_EQ(tell(*started, 1, 2), ErrorCode::kNone);
  PartitionPtr partition = started->replicas.find({"t", 0});
  auto fetched = [&](Offset offset, const base::Bytes& records) {
    auto appended = partition->append_fetched({.leader_epoch = 1,
                                               .offset = offset,
                                               .records = records,
                                               .high_watermark = 8,
                                               .log_start_offset = 0});
    ASSERT_TRUE(appended.ok()) << appended.error().message;
  };
  fetched(6, {});
  EXPECT_EQ(tell(*started, 2, kSelf), ErrorCode::kKafkaStorageError);  // 6 and 7 are committed
  base::Bytes records = batch(2);
  protocol::MutableBatch(records).set_base_offset(6);
  fetched(6, records);
  EXPECT_EQ(tell(*started, 2, kSelf), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, HaveTheControllerAskedAgainOnceAnotherBrokerLeads) {
  lose_records();
  auto started = start();
  tell_all(kSelf);
  ASSERT_EQ(tell(*started, 1, kSelf), ErrorCode::kKafkaStorageError);
  started->leadership.reconsider_refusals();
  EXPECT_EQ(started->asked_again, 0);
  tell_all(2);
  started->leadership.reconsider_refusals();
  started->leadership.reconsider_refusals();
  EXPECT_EQ(started->asked_again, 1);
  EXPECT_EQ(tell(*started, 2, 2), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, HaveTheControllerAskedAgainOnceTheTopicAllowsTheLoss) {
  lose_records();
  auto started = start();
  ASSERT_EQ(tell(*started, 1, kSelf), ErrorCode::kKafkaStorageError);
  started->replicas.find({"t", 0})->set_topic_settings({.allows_unclean_election = true});
  started->leadership.reconsider_refusals();
  EXPECT_EQ(started->asked_again, 1);
  EXPECT_EQ(tell(*started, 2, kSelf), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, AreNotMissedAfterRetentionOrDeletion) {
  ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
  append(1, 6);
  append(1, 4);
  PartitionPtr partition = replicas.find({"t", 0});
  ASSERT_TRUE(partition->delete_records_below(kToHighWatermark).ok());
  logs.delete_old_segments();
  high_watermarks.checkpoint(replicas);
  EXPECT_EQ(tell(*start(), 1, kSelf), ErrorCode::kNone);
}

TEST_F(LostRecordsTest, WriteNoCheckpointWhereNothingChanged) {
  ASSERT_EQ(apply(0, kSelf, {kSelf}), ErrorCode::kNone);
  append(1, 1);
  high_watermarks.checkpoint(replicas);
  int writes = 0;
  base::FileFaults counting(
      [&](base::FileOperation operation, std::string_view) -> std::optional<base::FileFault> {
        if (operation == base::FileOperation::kRename) ++writes;
        return {};
      });
  high_watermarks.checkpoint(replicas);
  EXPECT_EQ(writes, 0);
  append(1, 1);
  high_watermarks.checkpoint(replicas);
  EXPECT_EQ(writes, 1);
}

}  // namespace
}  // namespace odradek::replica
