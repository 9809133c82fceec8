#include "server/group/committed_offsets.h"

#include "server/group/expiry.h"
#include "tests/server/group/offsets_fixture.h"

namespace odradek::group {
namespace {

using protocol::ErrorCode;

class OffsetsInTheLog : public OffsetsFixture {
 protected:
  OffsetsInTheLog() : OffsetsFixture(OffsetStorage::kKafka, "127.0.0.1:1") {}
};

TEST_F(OffsetsInTheLog, AreAnsweredOnceTheLogHasThem) {
  memory.holds_answers = true;
  std::optional<std::vector<ErrorCode>> answer;
  offsets.commit({.group_id = "g"}, {offset(0, 5, "note"), offset(1, 7)},
                 [&](std::vector<ErrorCode> errors) { answer = std::move(errors); });
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(fetch(0).committed.offset, -1);
  EXPECT_EQ(fetch(0, true).error, ErrorCode::kUnstableOffsetCommit);
  memory.answer_held();
  EXPECT_EQ(answer, (std::vector<ErrorCode>{ErrorCode::kNone, ErrorCode::kNone}));
  EXPECT_EQ(fetch(0, true).committed, offset(0, 5, "note").committed);
  EXPECT_EQ(fetch(2).committed.offset, -1);
  EXPECT_EQ(*in_log()["g"].offsets.find({"t", 1}), offset(1, 7).committed);
  EXPECT_FALSE(offsets.fetch_waits());
}

TEST_F(OffsetsInTheLog, CountInTheOrderOfTheLogAndNotOfTheAnswers) {
  memory.holds_answers = true;
  offsets.commit({.group_id = "g"}, {offset(0, 5)}, [](const std::vector<ErrorCode>&) {});
  offsets.commit({.group_id = "g"}, {offset(0, 6)}, [](const std::vector<ErrorCode>&) {});
  std::reverse(memory.held.begin(), memory.held.end());
  memory.answer_held();
  EXPECT_EQ(fetch(0).committed.offset, 6);
  EXPECT_EQ(in_log()["g"].offsets.find({"t", 0})->offset, 6);
}

TEST_F(OffsetsInTheLog, StayAsTheyWereWhenTheLogRefuses) {
  const std::pair<ErrorCode, ErrorCode> kTold[] = {
      {ErrorCode::kUnknownTopicOrPartition, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kNotEnoughReplicas, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kNotEnoughReplicasAfterAppend, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kNotLeaderOrFollower, ErrorCode::kNotCoordinator},
      {ErrorCode::kKafkaStorageError, ErrorCode::kNotCoordinator},
      {ErrorCode::kMessageTooLarge, ErrorCode::kInvalidCommitOffsetSize},
      {ErrorCode::kRequestTimedOut, ErrorCode::kRequestTimedOut}};
  ASSERT_EQ(commit({offset(0, 5)})[0], ErrorCode::kNone);
  for (auto [refused, told] : kTold) {
    memory.next_error = refused;
    EXPECT_EQ(commit({offset(0, 6)})[0], told);
    EXPECT_EQ(fetch(0, true).committed.offset, 5);
  }
}

TEST_F(OffsetsInTheLog, AreRefusedOneByOneForTooMuchMetadata) {
  // Eight units of UTF-16 each: what Java counts, not bytes.
  auto errors =
      commit({offset(0, 1, "12345678"), offset(1, 1, "123456789"),
              offset(2, 1, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"),
              offset(3, 1, "1234567\xf0\x9f\x98\x80")});
  EXPECT_EQ(errors, (std::vector<ErrorCode>{ErrorCode::kNone, ErrorCode::kOffsetMetadataTooLarge,
                                            ErrorCode::kNone, ErrorCode::kOffsetMetadataTooLarge}));
  EXPECT_EQ(commit({offset(0, 1, "123456789")}, {.generation = 3, .member_id = "?"})[0],
            ErrorCode::kUnknownMemberId);
}

TEST_F(OffsetsInTheLog, AreForThisCoordinatorOnly) {
  table.remove_partition(0, 1);
  EXPECT_EQ(commit({offset(0, 1)})[0], ErrorCode::kNotCoordinator);
  table.start_loading(0, 2);
  EXPECT_EQ(commit({offset(0, 1)})[0], ErrorCode::kCoordinatorLoadInProgress);
}

TEST_F(OffsetsInTheLog, GoWithTheirGroup) {
  EXPECT_EQ(remove_group(), ErrorCode::kGroupIdNotFound);
  ASSERT_EQ(commit({offset(0, 5), offset(1, 6)})[0], ErrorCode::kNone);
  EXPECT_EQ(remove_group(), ErrorCode::kNone);
  EXPECT_EQ(table.find("g"), nullptr);
  EXPECT_TRUE(in_log().empty());
  EXPECT_EQ(memory.batches.back().acks, 1);
  EXPECT_EQ(fetch(0).committed.offset, -1);
  EXPECT_EQ(remove_group(), ErrorCode::kGroupIdNotFound);
}

TEST_F(OffsetsInTheLog, CanBeForgottenOneByOne) {
  EXPECT_EQ(remove_offsets({{"t", 0}}).first, ErrorCode::kGroupIdNotFound);
  ASSERT_EQ(commit({offset(0, 5), offset(1, 6)})[0], ErrorCode::kNone);
  auto [error, errors] = remove_offsets({{"t", 0}, {"other", 9}});
  EXPECT_EQ(error, ErrorCode::kNone);
  EXPECT_EQ(errors, (std::vector<ErrorCode>{ErrorCode::kNone, ErrorCode::kNone}));
  EXPECT_EQ(fetch(0).committed.offset, -1);
  EXPECT_EQ(fetch(1).committed.offset, 6);
  EXPECT_EQ(in_log()["g"].offsets.size(), 1u);
  EXPECT_EQ(remove_offsets({{"t", 1}}).first, ErrorCode::kNone);
  EXPECT_EQ(table.find("g"), nullptr);  // nothing is left of it
}

TEST_F(OffsetsInTheLog, StayForgottenWhenTheyWereOnTheirWay) {
  memory.holds_answers = true;
  offsets.commit({.group_id = "g"}, {offset(0, 5)}, [](const std::vector<ErrorCode>&) {});
  removal.remove_offsets("g", {{"t", 0}}, [](ErrorCode, const std::vector<ErrorCode>&) {});
  memory.answer_held();
  EXPECT_EQ(fetch(0).committed.offset, -1);
  EXPECT_TRUE(in_log().empty());
}

TEST_F(OffsetsInTheLog, GoWithTheirTopic) {
  ASSERT_EQ(commit({offset(0, 5), offset(1, 6)})[0], ErrorCode::kNone);
  removal.remove_deleted_partitions({{"other", 0}, {"t", 1}});
  EXPECT_EQ(fetch(0).committed.offset, 5);
  EXPECT_EQ(fetch(1).committed.offset, -1);
  EXPECT_EQ(in_log()["g"].offsets.size(), 1u);
}

TEST_F(OffsetsInTheLog, ExpireAndTakeAnEmptyGroupWithThem) {
  ASSERT_EQ(commit({offset(0, 5)})[0], ErrorCode::kNone);
  clock.advance_ms(kRetentionMs / 2);
  ASSERT_EQ(commit({offset(1, 6)})[0], ErrorCode::kNone);
  clock.advance_ms(kRetentionMs / 2);
  removal.remove_expired();
  EXPECT_EQ(fetch(0).committed.offset, -1);
  EXPECT_EQ(fetch(1).committed.offset, 6);
  clock.advance_ms(kRetentionMs / 2);
  removal.remove_expired();
  EXPECT_EQ(table.find("g"), nullptr);
  EXPECT_TRUE(in_log().empty());
}

// A group in the state, with an offset of each of two topics, committed at 1000.
struct Expiring {
  explicit Expiring(const protocol::GroupMetadataValue& metadata) {
    group.restore(metadata);
    offsets.put({"read", 0}, {.offset = 1, .commit_time_ms = 1000}, 0);
    offsets.put({"left", 0}, {.offset = 1, .commit_time_ms = 1000}, 1);
    offsets.put({"own", 0}, {.offset = 1, .commit_time_ms = 1000, .expire_time_ms = 5000}, 2);
  }
  std::set<std::string> expired(std::int64_t now_ms) const {
    std::set<std::string> topics;
    for (const auto& partition : expired_offsets(group, offsets, 100, now_ms)) {
      topics.insert(partition.topic);
    }
    return topics;
  }
  Group group{"g"};
  GroupOffsets offsets;
};

using Topics = std::set<std::string>;

TEST(Expiry, CountsFromTheCommitWithoutMembersEver) {
  Expiring without_type({});
  EXPECT_EQ(without_type.expired(1099), Topics());
  EXPECT_EQ(without_type.expired(1100), (Topics{"read", "left"}));
  EXPECT_EQ(without_type.expired(5000), (Topics{"read", "left", "own"}));
}

TEST(Expiry, CountsFromWhenTheGroupBecameEmpty) {
  Expiring empty({.protocol_type = "consumer", .current_state_timestamp = 2000});
  EXPECT_EQ(empty.expired(2099), Topics());
  EXPECT_EQ(empty.expired(2100), (Topics{"read", "left"}));
  Expiring unknown_since({.protocol_type = "connect", .current_state_timestamp = -1});
  EXPECT_EQ(unknown_since.expired(1100), (Topics{"read", "left"}));
}

TEST(Expiry, SparesWhatAStableGroupSubscribesTo) {
  protocol::GroupMetadataValue stable{.protocol_type = "consumer", .protocol = "range"};
  // A subscription of version 0 to one topic, without user data.
  base::Bytes subscription{0, 0, 0, 0, 0, 1, 0, 4, 'r', 'e', 'a', 'd', 0xff, 0xff, 0xff, 0xff};
  stable.members.push_back({.member_id = "m", .subscription = subscription});
  EXPECT_EQ(Expiring(stable).expired(9999), (Topics{"left", "own"}));
  stable.members[0].subscription = base::to_bytes("?");
  EXPECT_EQ(Expiring(stable).expired(9999), Topics());
  stable.members[0].subscription = subscription;
  stable.protocol_type = "connect";
  EXPECT_EQ(Expiring(stable).expired(9999), Topics());
}

TEST(Expiry, SparesEverythingInARebalance) {
  protocol::GroupMetadataValue stable{.protocol_type = "consumer", .protocol = "range"};
  stable.members.push_back({.member_id = "m"});
  Expiring group(stable);
  group.group.transition_to(GroupState::kPreparingRebalance, 0);
  EXPECT_EQ(group.expired(9999), Topics());
}

TEST(ZooKeeperCounts, WhenItIsNewerAndNoCopy) {
  const CommittedOffset in_log{.offset = 5, .commit_time_ms = 100};
  auto copy = [](protocol::Offset offset, std::int64_t time_ms) {
    return StoredCopy{.committed = {.offset = offset, .commit_time_ms = time_ms}};
  };
  EXPECT_TRUE(zookeeper_counts(nullptr, copy(1, 1)));
  EXPECT_TRUE(zookeeper_counts(&in_log, copy(1, 101)));
  EXPECT_FALSE(zookeeper_counts(&in_log, copy(1, 100)));
  EXPECT_FALSE(zookeeper_counts(&in_log, copy(1, 99)));
  EXPECT_FALSE(zookeeper_counts(&in_log, copy(5, 101)));
  StoredCopy ours = copy(9, 999);
  ours.is_ours = true;
  EXPECT_TRUE(zookeeper_counts(&in_log, ours));  // committed while ZooKeeper alone had offsets
  ours.in_log = true;
  EXPECT_FALSE(zookeeper_counts(&in_log, ours));
  EXPECT_FALSE(zookeeper_counts(nullptr, ours));  // the log forgot it on purpose
  // Written over the newest copy, by somebody whose clock is behind.
  StoredCopy over = copy(1, 50);
  over.replaces = in_log;
  EXPECT_TRUE(zookeeper_counts(&in_log, over));
  over.replaces->commit_time_ms = 90;
  EXPECT_FALSE(zookeeper_counts(&in_log, over));
}

}  // namespace
}  // namespace odradek::group
