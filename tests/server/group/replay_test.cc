#include "server/group/replay.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/control_record.h"
#include "server/group/group_records.h"

namespace odradek::group {
namespace {

using config::InterBrokerProtocol;
using protocol::BatchView;
using protocol::Offset;
using protocol::TopicPartition;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kProducer = 7;

OffsetToCommit commit_of(const std::string& topic, std::int32_t partition, Offset offset) {
  return {{topic, partition},
          {.offset = offset, .leader_epoch = 3, .metadata = "note", .commit_time_ms = kNow}};
}

// A partition of __consumer_offsets that grows batch by batch.
class ReplayingLog {
 public:
  void append(const std::vector<GroupRecord>& records, std::int64_t transaction_of = -1) {
    protocol::BatchOptions options{.base_offset = end, .producer_id = transaction_of};
    options.transactional = transaction_of >= 0;
    if (options.transactional) options.producer_epoch = 0;
    protocol::BatchBuilder builder(options);
    for (const GroupRecord& record : records) {
      builder.append(kNow, record.key,
                     record.value ? std::optional<base::ByteView>(*record.value) : std::nullopt);
    }
    auto built = builder.build();
    ASSERT_TRUE(built.ok());
    add(std::move(*built));
  }
  void end_transaction(std::int64_t producer_id, bool is_committed) {
    base::Bytes marker = protocol::end_transaction_batch(
        {.type = is_committed ? protocol::ControlRecordType::kCommit
                              : protocol::ControlRecordType::kAbort},
        producer_id, 0, kNow);
    protocol::MutableBatch(marker).set_base_offset(end);
    add(std::move(marker));
  }
  void add(base::Bytes batch) {
    end = BatchView(batch).next_offset();
    batches.push_back(std::move(batch));
  }
  Replay replay() const {
    Replay replay;
    for (const base::Bytes& batch : batches) replay.apply(BatchView(batch));
    return replay;
  }
  std::map<std::string, ReplayedGroup> groups() const {
    Replay replayed = replay();
    EXPECT_EQ(replayed.damaged(), 0) << replayed.first_damage();
    return replayed.take();
  }

  Offset end = 0;
  std::vector<base::Bytes> batches;
};

GroupRecord offset(const std::string& group, const OffsetToCommit& commit) {
  return offset_record(group, commit, config::kLatestInterBrokerProtocol);
}

protocol::GroupMetadataValue generation(std::int32_t number) {
  protocol::GroupMetadataValue value;
  value.protocol_type = "consumer";
  value.generation = number;
  value.protocol = "range";
  value.leader = "m";
  value.current_state_timestamp = kNow;
  value.members.push_back({.member_id = "m",
                           .group_instance_id = "i",
                           .client_id = "c",
                           .client_host = "/127.0.0.1",
                           .rebalance_timeout = 2,
                           .session_timeout = 1,
                           .subscription = base::to_bytes("s"),
                           .assignment = base::to_bytes("a")});
  return value;
}

TEST(GroupRecords, HaveTheVersionsThatTheOldestBrokerReads) {
  struct Case {
    InterBrokerProtocol between;
    bool expires;
    std::int16_t offset_version;
    std::int16_t metadata_version;
  };
  const Case kCases[] = {{InterBrokerProtocol::k0_10_0_Iv1, false, 1, 0},
                         {InterBrokerProtocol::k0_10_1_Iv0, false, 1, 1},
                         {InterBrokerProtocol::k2_0_Iv1, false, 1, 1},
                         {InterBrokerProtocol::k2_1_Iv0, false, 2, 2},
                         {InterBrokerProtocol::k2_1_Iv0, true, 1, 2},
                         {InterBrokerProtocol::k2_1_Iv1, false, 3, 2},
                         {InterBrokerProtocol::k2_3_Iv0, false, 3, 3},
                         {InterBrokerProtocol::k2_8_Iv1, true, 1, 3},
                         {config::kLatestInterBrokerProtocol, false, 3, 3}};
  for (const Case& each : kCases) {
    OffsetToCommit commit = commit_of("t", 4, 42);
    if (each.expires) commit.committed.expire_time_ms = kNow + 5;
    GroupRecord record = offset_record("g", commit, each.between);
    EXPECT_EQ((*record.key.begin() << 8) + record.key[1], 1);
    EXPECT_EQ((*record.value)[1], each.offset_version);
    auto read = read_offset_value(*record.value);
    ASSERT_TRUE(read.ok());
    if (each.offset_version < 3) commit.committed.leader_epoch = -1;
    EXPECT_EQ(*read, commit.committed);

    record = metadata_record("g", generation(5), each.between);
    EXPECT_EQ(record.key[1], 2);
    EXPECT_EQ((*record.value)[1], each.metadata_version);
    auto metadata = read_metadata_value(*record.value);
    ASSERT_TRUE(metadata.ok());
    EXPECT_EQ(metadata->generation, 5);
    EXPECT_EQ(metadata->members[0].rebalance_timeout, each.metadata_version == 0 ? 1 : 2);
    EXPECT_EQ(metadata->members[0].group_instance_id.has_value(), each.metadata_version >= 3);
  }
}

TEST(GroupRecords, AreTheBytesThatTheJvmWrites) {
  // As DumpLogSegments showed them of a broker of 3.9.
  GroupRecord record = offset_record("g", {{"t", 1}, {.offset = 2, .commit_time_ms = 3}},
                                     config::kLatestInterBrokerProtocol);
  EXPECT_EQ(record.key, (base::Bytes{0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 1}));
  EXPECT_EQ(*record.value, (base::Bytes{0,    3,    0, 0, 0, 0, 0, 0, 0, 2, 0xff, 0xff,
                                        0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0,    3}));
  record = metadata_record("g",
                           {.protocol_type = "c",
                            .generation = 1,
                            .protocol = std::nullopt,
                            .leader = std::nullopt,
                            .current_state_timestamp = 2},
                           config::kLatestInterBrokerProtocol);
  EXPECT_EQ(record.key, (base::Bytes{0, 2, 0, 1, 'g'}));
  EXPECT_EQ(*record.value, (base::Bytes{0, 3, 0, 1, 'c', 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff,
                                        0, 0, 0, 0, 0,   0, 0, 2, 0, 0,    0,    0}));
}

TEST(ReplayOfGroups, KeepsTheLastOfEveryKeyUntilItsTombstone) {
  ReplayingLog log;
  log.append({offset("g", commit_of("t", 0, 1)), offset("g", commit_of("t", 1, 5))});
  log.append({metadata_record("g", generation(1), config::kLatestInterBrokerProtocol)});
  log.append({offset("g", commit_of("t", 0, 2)), offset("other", commit_of("t", 0, 9))});
  log.append({metadata_record("g", generation(2), config::kLatestInterBrokerProtocol)});
  log.append({offset_tombstone("g", {"t", 1}), offset_tombstone("other", {"t", 0})});
  auto groups = log.groups();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups["g"].metadata->generation, 2);
  ASSERT_EQ(groups["g"].offsets.size(), 1u);
  EXPECT_EQ(groups["g"].offsets.find({"t", 0})->offset, 2);
  log.append({metadata_tombstone("g")});
  groups = log.groups();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_FALSE(groups["g"].metadata.has_value());
}

TEST(ReplayOfGroups, CountsWhatATransactionCommittedAndNothingElseOfIt) {
  ReplayingLog log;
  log.append({offset("g", commit_of("t", 0, 1))});
  log.append({offset("g", commit_of("t", 0, 10)), offset("h", commit_of("t", 0, 20))}, kProducer);
  log.append({offset("g", commit_of("t", 0, 99))}, kProducer + 1);
  {
    auto groups = log.groups();
    EXPECT_EQ(groups["g"].offsets.find({"t", 0})->offset, 1);
    EXPECT_TRUE(groups["g"].offsets.is_unstable({"t", 0}));
    EXPECT_EQ(groups["h"].offsets.find({"t", 0}), nullptr);
    EXPECT_TRUE(groups["h"].offsets.has_any());
  }
  log.end_transaction(kProducer + 1, false);
  log.end_transaction(kProducer, true);
  auto groups = log.groups();
  EXPECT_EQ(groups["g"].offsets.find({"t", 0})->offset, 10);
  EXPECT_FALSE(groups["g"].offsets.is_unstable({"t", 0}));
  EXPECT_EQ(groups["h"].offsets.find({"t", 0})->offset, 20);
}

TEST(ReplayOfGroups, PrefersACommitBehindTheOneOfATransactionThatEndsLater) {
  ReplayingLog log;
  log.append({offset("g", commit_of("t", 0, 10))}, kProducer);
  log.append({offset("g", commit_of("t", 0, 11))});
  log.end_transaction(kProducer, true);
  EXPECT_EQ(log.groups()["g"].offsets.find({"t", 0})->offset, 11);
}

TEST(ReplayOfGroups, LeavesOutDamagedRecordsAndKeysOfOtherKindsAlone) {
  ReplayingLog log;
  log.append({offset("g", commit_of("t", 0, 1))});
  GroupRecord good = offset("g", commit_of("t", 0, 2));
  for (std::size_t size = 0; size < good.value->size(); ++size) {
    base::Bytes cut(good.value->begin(), good.value->begin() + static_cast<std::ptrdiff_t>(size));
    log.append({{good.key, cut}});
  }
  for (std::size_t size = 0; size < good.key.size(); ++size) {
    base::Bytes cut(good.key.begin(), good.key.begin() + static_cast<std::ptrdiff_t>(size));
    log.append({{cut, good.value}});
  }
  base::Bytes unknown_version = *good.value;
  unknown_version[1] = 99;
  log.append({{good.key, unknown_version}});
  auto damaged = static_cast<std::int64_t>(good.value->size() + good.key.size() + 1);
  // Keys of newer coordinators, and what follows the damage, count as ever.
  log.append(
      {{base::Bytes{0, 17, 1, 2, 3}, base::to_bytes("?")}, offset("h", commit_of("t", 0, 3))});
  ReplayingLog whole = log;
  base::Bytes broken = whole.batches.front();
  broken.back() ^= 1;
  Replay replay;
  replay.apply(BatchView(broken));
  for (const base::Bytes& batch : log.batches) replay.apply(BatchView(batch));
  EXPECT_EQ(replay.damaged(), damaged + 1);
  EXPECT_EQ(replay.first_damage().substr(0, 9), "offset 0:");
  auto groups = replay.take();
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups["g"].offsets.find({"t", 0})->offset, 1);
  EXPECT_EQ(groups["h"].offsets.find({"t", 0})->offset, 3);
}

// Random histories against the plainest model of what they mean.
class Model {
 public:
  using Key = std::pair<std::string, TopicPartition>;

  void step(base::Random& random, ReplayingLog& log) {
    std::string group = std::string(1, static_cast<char>('a' + random.below(3)));
    TopicPartition partition{"t", static_cast<std::int32_t>(random.below(3))};
    Key key{group, partition};
    auto producer = static_cast<std::int64_t>(random.below(3));
    Offset value = static_cast<Offset>(random.below(1000));
    switch (random.below(8)) {
      case 0:
        log.append({offset_tombstone(group, partition)});
        committed.erase(key);
        break;
      case 1:
        log.append({metadata_tombstone(group)});
        generations.erase(group);
        break;
      case 2:
        log.append({metadata_record(group, generation(static_cast<std::int32_t>(value)),
                                    config::kLatestInterBrokerProtocol)});
        generations[group] = static_cast<std::int32_t>(value);
        break;
      case 3:
      case 4:
        pending[producer][key] = {log.end, value};
        log.append({offset(group, commit_of("t", partition.partition, value))}, producer);
        break;
      case 5:
        end(producer, random.below(2) == 0, log);
        break;
      default:
        committed[key] = {log.end, value};
        log.append({offset(group, commit_of("t", partition.partition, value))});
    }
  }

  void check(std::map<std::string, ReplayedGroup> groups) const {
    std::set<std::string> expected;
    for (const auto& [key, stored] : committed) expected.insert(key.first);
    for (const auto& [group, number] : generations) expected.insert(group);
    for (const auto& [producer, offsets] : pending) {
      for (const auto& [key, stored] : offsets) expected.insert(key.first);
    }
    std::set<std::string> found;
    for (auto& [group, replayed] : groups) {
      found.insert(group);
      auto number = generations.find(group);
      ASSERT_EQ(replayed.metadata.has_value(), number != generations.end());
      if (replayed.metadata) {
        EXPECT_EQ(replayed.metadata->generation, number->second);
      }
      for (std::int32_t i = 0; i < 3; ++i) {
        auto stored = committed.find({group, {"t", i}});
        const CommittedOffset* offset = replayed.offsets.find({"t", i});
        ASSERT_EQ(offset != nullptr, stored != committed.end());
        if (offset != nullptr) {
          EXPECT_EQ(offset->offset, stored->second.second);
        }
        bool is_pending = std::any_of(pending.begin(), pending.end(), [&](const auto& entry) {
          return entry.second.contains({group, {"t", i}});
        });
        EXPECT_EQ(replayed.offsets.is_unstable({"t", i}), is_pending);
      }
    }
    EXPECT_EQ(found, expected);
  }

 private:
  using Stored = std::pair<Offset, Offset>;  // where the record stands, and what it says

  void end(std::int64_t producer, bool is_committed, ReplayingLog& log) {
    log.end_transaction(producer, is_committed);
    for (const auto& [key, stored] : pending[producer]) {
      auto known = committed.find(key);
      bool is_newer = known == committed.end() || known->second.first < stored.first;
      if (is_committed && is_newer) committed[key] = stored;
    }
    pending.erase(producer);
  }

  std::map<Key, Stored> committed;
  std::map<std::string, std::int32_t> generations;
  std::map<std::int64_t, std::map<Key, Stored>> pending;
};

TEST(ReplayOfGroups, GivesTheStateThatAnyHistoryEndedIn) {
  base::Random random(20261126);
  for (int history = 0; history < 200; ++history) {
    Model model;
    ReplayingLog log;
    for (std::uint64_t steps = random.below(60); steps > 0; --steps) model.step(random, log);
    model.check(log.groups());
    if (::testing::Test::HasFailure()) FAIL() << "history " << history;
  }
}

}  // namespace
}  // namespace odradek::group
