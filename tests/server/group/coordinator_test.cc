#include "server/group/coordinator.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "base/clock.h"
#include "server/group/member_checks.h"
#include "tests/server/group/memory_log.h"

namespace odradek::group {
namespace {

// Time and timers turned by hand: tasks run when the clock has passed them.
class ManualTimers {
 public:
  explicit ManualTimers(base::ManualClock& clock) : clock_(clock) {}

  ScheduleAfter schedule() {
    return [this](std::int64_t delay_ms, std::function<void()> task) {
      tasks_.emplace(clock_.monotonic_ms() + delay_ms, std::move(task));
    };
  }
  void advance_ms(std::int64_t ms) {
    std::int64_t end = clock_.monotonic_ms() + ms;
    while (!tasks_.empty() && tasks_.begin()->first <= end) {
      auto node = tasks_.extract(tasks_.begin());
      clock_.advance_ms(std::max<std::int64_t>(0, node.key() - clock_.monotonic_ms()));
      node.mapped()();
    }
    clock_.advance_ms(end - clock_.monotonic_ms());
  }

 private:
  base::ManualClock& clock_;
  std::multimap<std::int64_t, std::function<void()>> tasks_;
};

class Coordinating : public ::testing::Test {
 protected:
  static constexpr std::int32_t kPartitions = 5;
  static constexpr std::int32_t kSessionMs = 10'000;
  static constexpr std::int32_t kRebalanceMs = 30'000;

  Coordinating() {
    table.set_partition_count(kPartitions);
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      table.start_loading(i, 0);
      table.finish_loading(i, 0, {});
    }
  }

  static JoinRequest request(const std::string& member_id, const std::string& client = "c") {
    JoinRequest join;
    join.group_id = "g";
    join.member_id = member_id;
    join.client_id = client;
    join.session_timeout_ms = kSessionMs;
    join.rebalance_timeout_ms = kRebalanceMs;
    join.protocol_type = "consumer";
    join.protocols = {{"range", base::to_bytes("meta-" + client)}};
    return join;
  }

  // The answer, once it came.
  std::shared_ptr<std::optional<JoinResult>> join(const JoinRequest& request) {
    auto answer = std::make_shared<std::optional<JoinResult>>();
    coordinator.join(request, [answer](JoinResult result) { *answer = std::move(result); });
    return answer;
  }
  std::shared_ptr<std::optional<SyncResult>> sync(
      const JoinResult& joined, std::vector<std::pair<std::string, base::Bytes>> assignments = {}) {
    SyncRequest request{.group_id = "g",
                        .generation = joined.generation,
                        .member_id = joined.member_id,
                        .assignments = std::move(assignments)};
    auto answer = std::make_shared<std::optional<SyncResult>>();
    coordinator.sync(request, [answer](SyncResult result) { *answer = std::move(result); });
    return answer;
  }
  ErrorCode beat(const JoinResult& joined) {
    return coordinator.heartbeat(
        {.group_id = "g", .generation = joined.generation, .member_id = joined.member_id});
  }
  // One member, joined and synced.
  JoinResult stable_member() {
    auto joined = join(request(""));
    timers.advance_ms(3000);
    EXPECT_TRUE(joined->has_value());
    auto synced = sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
    EXPECT_EQ((*synced)->error, ErrorCode::kNone);
    return **joined;
  }
  std::string state() { return coordinator.describe("g").state; }

  base::ManualClock clock;
  ManualTimers timers{clock};
  // What was written to the log, and what the log answers.
  std::vector<protocol::GroupMetadataValue> stored() { return memory_log.groups("g"); }

  MemoryLog memory_log;
  GroupTable table;
  GroupLog log{GroupLogOptions{}, clock, memory_log.append()};
  GroupCoordinator coordinator{CoordinatorOptions{}, clock, timers.schedule(), table, log};
};

TEST(PartitionOfGroup, IsJavasHashOfTheName) {
  // Values of "…".hashCode() as the JVM computes them, then abs() % 50.
  EXPECT_EQ(partition_of_group("", 50), 0);
  EXPECT_EQ(partition_of_group("a", 50), 97 % 50);
  EXPECT_EQ(partition_of_group("test", 50), 3556498 % 50);
  EXPECT_EQ(partition_of_group("console-consumer-12345", 1), 0);
  // "polygenelubricants" hashes to Integer.MIN_VALUE, whose absolute value counts as 0.
  EXPECT_EQ(partition_of_group("polygenelubricants", 50), 0);
  EXPECT_EQ(partition_of_group("\xc3\xa9", 50), 0xe9 % 50);
}

TEST_F(Coordinating, AsksANewMemberToComeAgainWithItsId) {
  JoinRequest first = request("");
  first.requires_known_member_id = true;
  auto refused = join(first);
  ASSERT_TRUE(refused->has_value());
  EXPECT_EQ((*refused)->error, ErrorCode::kMemberIdRequired);
  std::string id = (*refused)->member_id;
  EXPECT_TRUE(id.starts_with("c-"));
  auto joined = join(request(id));
  timers.advance_ms(3000);
  ASSERT_TRUE(joined->has_value());
  EXPECT_EQ((*joined)->member_id, id);
}

TEST_F(Coordinating, ForgetsAMemberThatNeverCameAgain) {
  JoinRequest first = request("");
  first.requires_known_member_id = true;
  std::string id = (*join(first))->member_id;
  timers.advance_ms(kSessionMs + 1);
  EXPECT_EQ((*join(request(id)))->error, ErrorCode::kUnknownMemberId);
}

TEST_F(Coordinating, WaitsTheInitialDelayForMoreMembers) {
  auto first = join(request("", "a"));
  timers.advance_ms(2000);
  EXPECT_FALSE(first->has_value());
  auto second = join(request("", "b"));
  timers.advance_ms(1500);  // the first delay is over, but somebody came while it ran
  EXPECT_FALSE(first->has_value());
  timers.advance_ms(3000);
  ASSERT_TRUE(first->has_value());
  ASSERT_TRUE(second->has_value());
  EXPECT_EQ((*first)->generation, 1);
  EXPECT_EQ((*first)->leader_id, (*second)->leader_id);
  EXPECT_EQ((*first)->members.size() + (*second)->members.size(), 2u);
  EXPECT_EQ(state(), "CompletingRebalance");
}

TEST_F(Coordinating, GivesEveryMemberTheLeadersAssignment) {
  auto a = join(request("", "a"));
  auto b = join(request("", "b"));
  timers.advance_ms(6000);
  bool a_leads = (*a)->leader_id == (*a)->member_id;
  JoinResult leader = a_leads ? **a : **b;
  JoinResult follower = a_leads ? **b : **a;
  auto waiting = sync(follower);
  EXPECT_FALSE(waiting->has_value());
  auto synced = sync(
      leader, {{leader.member_id, base::to_bytes("L")}, {follower.member_id, base::to_bytes("F")}});
  EXPECT_EQ((*synced)->assignment, base::to_bytes("L"));
  ASSERT_TRUE(waiting->has_value());
  EXPECT_EQ((*waiting)->assignment, base::to_bytes("F"));
  EXPECT_EQ(state(), "Stable");
  EXPECT_EQ(beat(leader), ErrorCode::kNone);
}

TEST_F(Coordinating, DropsAMemberWhoseSessionRanOut) {
  JoinResult member = stable_member();
  timers.advance_ms(kSessionMs - 1);
  EXPECT_EQ(beat(member), ErrorCode::kNone);
  timers.advance_ms(kSessionMs - 1);
  EXPECT_EQ(beat(member), ErrorCode::kNone);
  timers.advance_ms(kSessionMs + 1);
  EXPECT_EQ(beat(member), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(state(), "Empty");
}

TEST_F(Coordinating, TellsMembersOfARebalanceByHeartbeatAndDropsWhoDoesNotRejoin) {
  JoinResult old_member = stable_member();
  auto newcomer = join(request("", "new"));
  EXPECT_FALSE(newcomer->has_value());
  EXPECT_EQ(state(), "PreparingRebalance");
  EXPECT_EQ(beat(old_member), ErrorCode::kRebalanceInProgress);
  for (int i = 0; i < 4; ++i) {  // it lives, but never rejoins
    timers.advance_ms(kSessionMs - 1000);
    beat(old_member);
  }
  ASSERT_TRUE(newcomer->has_value());
  EXPECT_EQ((*newcomer)->generation, 2);
  EXPECT_EQ((*newcomer)->members.size(), 1u);
  EXPECT_EQ(beat(old_member), ErrorCode::kUnknownMemberId);
}

TEST_F(Coordinating, CompletesARebalanceAsSoonAsAllHaveRejoined) {
  JoinResult old_member = stable_member();
  auto newcomer = join(request("", "new"));
  auto rejoined = join(request(old_member.member_id));
  ASSERT_TRUE(newcomer->has_value());
  ASSERT_TRUE(rejoined->has_value());
  EXPECT_EQ((*rejoined)->generation, 2);
  EXPECT_EQ((*rejoined)->leader_id, old_member.member_id);
}

TEST_F(Coordinating, RemovesMembersThatNeverSync) {
  auto joined = join(request(""));
  timers.advance_ms(3000);
  for (int i = 0; i < 4; ++i) {
    timers.advance_ms(kSessionMs - 1000);
    beat(**joined);
  }
  EXPECT_EQ(beat(**joined), ErrorCode::kUnknownMemberId);
}

TEST_F(Coordinating, RefusesOtherGenerationsAndProtocols) {
  JoinResult member = stable_member();
  EXPECT_EQ(
      coordinator.heartbeat({.group_id = "g", .generation = 7, .member_id = member.member_id}),
      ErrorCode::kIllegalGeneration);
  JoinRequest other = request("", "other");
  other.protocols = {{"roundrobin", {}}};
  EXPECT_EQ((*join(other))->error, ErrorCode::kInconsistentGroupProtocol);
  JoinRequest impatient = request("");
  impatient.session_timeout_ms = 1;
  EXPECT_EQ((*join(impatient))->error, ErrorCode::kInvalidSessionTimeout);
  JoinRequest nameless = request("");
  nameless.group_id = "";
  EXPECT_EQ((*join(nameless))->error, ErrorCode::kInvalidGroupId);
}

TEST_F(Coordinating, KeepsAStaticMembersAssignmentOverItsRestart) {
  JoinRequest first = request("", "s");
  first.instance_id = "i1";
  auto joined = join(first);
  timers.advance_ms(3000);
  sync(**joined, {{(*joined)->member_id, base::to_bytes("mine")}});
  auto again = join(first);
  ASSERT_TRUE(again->has_value());
  EXPECT_EQ((*again)->generation, 1);
  EXPECT_NE((*again)->member_id, (*joined)->member_id);
  EXPECT_EQ(state(), "Stable");
  EXPECT_EQ((*sync(**again))->assignment, base::to_bytes("mine"));
  MemberIdentity fenced{.group_id = "g", .generation = 1, .member_id = (*joined)->member_id};
  fenced.instance_id = "i1";
  EXPECT_EQ(coordinator.heartbeat(fenced), ErrorCode::kFencedInstanceId);
}

TEST_F(Coordinating, LetsMembersLeaveAndSaysWhoIsUnknown) {
  JoinResult member = stable_member();
  auto [error, errors] =
      coordinator.leave("g", {{.member_id = member.member_id}, {.member_id = "nobody"}});
  EXPECT_EQ(error, ErrorCode::kNone);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0], ErrorCode::kNone);
  EXPECT_EQ(errors[1], ErrorCode::kUnknownMemberId);
  timers.advance_ms(1);
  EXPECT_EQ(state(), "Empty");
}

TEST_F(Coordinating, AllowsCommitsOfMembersAndOfEmptyGroupsOnly) {
  auto check = [this](const MemberIdentity& identity) {
    GroupEntryPtr entry = table.find_or_create("g");
    base::MutexLock lock(entry->mutex);
    return check_commit(entry->group, identity);
  };
  EXPECT_EQ(check({.group_id = "g"}), ErrorCode::kNone);
  JoinResult member = stable_member();
  EXPECT_EQ(check({.group_id = "g"}), ErrorCode::kUnknownMemberId);
  MemberIdentity identity{
      .group_id = "g", .generation = member.generation, .member_id = member.member_id};
  EXPECT_EQ(check(identity), ErrorCode::kNone);
  identity.generation = 9;
  EXPECT_EQ(check(identity), ErrorCode::kIllegalGeneration);
}

TEST_F(Coordinating, AnswersWaitingMembersWhenItLosesTheGroup) {
  auto waiting = join(request(""));
  std::int32_t partition = partition_of_group("g", kPartitions);
  coordinator.unloaded(table.remove_partition(partition, 1));
  ASSERT_TRUE(waiting->has_value());
  EXPECT_EQ((*waiting)->error, ErrorCode::kNotCoordinator);
  EXPECT_EQ(table.check("g"), ErrorCode::kNotCoordinator);
}

TEST_F(Coordinating, WritesEveryGenerationWithItsAssignmentAndThatItIsEmpty) {
  JoinResult member = stable_member();
  ASSERT_EQ(stored().size(), 1u);
  const protocol::GroupMetadataValue first = stored().front();
  EXPECT_EQ(first.protocol_type, "consumer");
  EXPECT_EQ(first.generation, member.generation);
  EXPECT_EQ(first.protocol, "range");
  EXPECT_EQ(first.leader, member.member_id);
  EXPECT_EQ(first.current_state_timestamp, clock.wall_ms());
  ASSERT_EQ(first.members.size(), 1u);
  EXPECT_EQ(first.members[0].member_id, member.member_id);
  EXPECT_EQ(first.members[0].rebalance_timeout, kRebalanceMs);
  EXPECT_EQ(first.members[0].session_timeout, kSessionMs);
  EXPECT_EQ(first.members[0].subscription, base::to_bytes("meta-c"));
  EXPECT_EQ(first.members[0].assignment, base::to_bytes("all"));

  coordinator.leave("g", {{.member_id = member.member_id}});
  timers.advance_ms(1);
  ASSERT_EQ(stored().size(), 2u);
  EXPECT_EQ(stored().back().generation, member.generation + 1);
  EXPECT_EQ(stored().back().protocol, std::nullopt);
  EXPECT_EQ(stored().back().leader, std::nullopt);
  EXPECT_TRUE(stored().back().members.empty());
}

TEST_F(Coordinating, AnswersSyncOnceTheLogHasTheAssignment) {
  auto joined = join(request(""));
  timers.advance_ms(3000);
  memory_log.holds_answers = true;
  auto synced = sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
  EXPECT_FALSE(synced->has_value());
  EXPECT_EQ(state(), "CompletingRebalance");
  memory_log.answer_held();
  ASSERT_TRUE(synced->has_value());
  EXPECT_EQ((*synced)->error, ErrorCode::kNone);
  EXPECT_EQ((*synced)->assignment, base::to_bytes("all"));
  EXPECT_EQ(state(), "Stable");
}

TEST_F(Coordinating, RebalancesAgainWhenTheLogRefusesTheAssignment) {
  const std::pair<ErrorCode, ErrorCode> kTold[] = {
      {ErrorCode::kNotEnoughReplicas, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kNotEnoughReplicasAfterAppend, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kUnknownTopicOrPartition, ErrorCode::kCoordinatorNotAvailable},
      {ErrorCode::kNotLeaderOrFollower, ErrorCode::kNotCoordinator},
      {ErrorCode::kKafkaStorageError, ErrorCode::kNotCoordinator},
      {ErrorCode::kRequestTimedOut, ErrorCode::kRebalanceInProgress},
      {ErrorCode::kMessageTooLarge, ErrorCode::kUnknownServerError},
      {ErrorCode::kRecordListTooLarge, ErrorCode::kUnknownServerError}};
  auto joined = join(request(""));
  timers.advance_ms(3000);
  for (auto [refused, told] : kTold) {
    memory_log.next_error = refused;
    auto synced = sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
    ASSERT_TRUE(synced->has_value());
    EXPECT_EQ((*synced)->error, told);
    EXPECT_EQ(state(), "PreparingRebalance");
    memory_log.next_error = ErrorCode::kNone;
    joined = join(request((*joined)->member_id));
    ASSERT_TRUE(joined->has_value());
  }
  auto synced = sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
  EXPECT_EQ((*synced)->error, ErrorCode::kNone);
}

TEST_F(Coordinating, ForgetsAnAssignmentThatIsOvertakenByAnotherMember) {
  auto joined = join(request("", "a"));
  timers.advance_ms(3000);
  memory_log.holds_answers = true;
  auto synced = sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
  auto second = join(request("", "b"));
  EXPECT_EQ((*synced)->error, ErrorCode::kRebalanceInProgress);
  memory_log.answer_held();
  EXPECT_EQ(state(), "PreparingRebalance");
}

TEST_F(Coordinating, GivesAStaticMemberItsFormerIdBackWhenTheLogRefusesTheNewOne) {
  JoinRequest first = request("");
  first.instance_id = "i";
  auto joined = join(first);
  timers.advance_ms(3000);
  (void)sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
  memory_log.next_error = ErrorCode::kNotEnoughReplicas;
  auto again = join(first);
  ASSERT_TRUE(again->has_value());
  EXPECT_EQ((*again)->error, ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(beat(**joined), ErrorCode::kNone);
  memory_log.next_error = ErrorCode::kNone;
  again = join(first);
  EXPECT_EQ((*again)->error, ErrorCode::kNone);
  EXPECT_EQ((*again)->generation, (*joined)->generation);
  EXPECT_EQ(stored().back().members[0].member_id, (*again)->member_id);
  EXPECT_EQ(stored().back().members[0].assignment, base::to_bytes("all"));
}

// The next coordinator, which has nothing but the log.
class TakingOver : public Coordinating {
 protected:
  void take_over() {
    std::vector<GroupEntryPtr> loaded;
    std::int32_t partition = partition_of_group("g", kPartitions);
    for (auto& [id, replayed] : memory_log.replay().take()) {
      auto entry = std::make_shared<GroupEntry>(id, partition);
      base::MutexLock lock(entry->mutex);
      if (replayed.metadata) entry->group.restore(*replayed.metadata);
      loaded.push_back(entry);
    }
    coordinator.unloaded(table.remove_partition(partition, 1));
    ASSERT_TRUE(table.start_loading(partition, 2));
    EXPECT_EQ(table.check("g"), ErrorCode::kCoordinatorLoadInProgress);
    loading_heartbeat = coordinator.heartbeat({.group_id = "g", .generation = 1, .member_id = "?"});
    coordinator.sync({.group_id = "g", .generation = 1, .member_id = "?"},
                     [this](const SyncResult& result) { loading_sync = result.error; });
    ASSERT_TRUE(table.finish_loading(partition, 2, loaded));
    coordinator.loaded(loaded);
  }

  ErrorCode loading_heartbeat = ErrorCode::kUnknownServerError;
  ErrorCode loading_sync = ErrorCode::kUnknownServerError;
};

TEST_F(TakingOver, KeepsMembersTheirGenerationAndTheirAssignment) {
  JoinResult member = stable_member();
  take_over();
  EXPECT_EQ(loading_heartbeat, ErrorCode::kNone);
  EXPECT_EQ(loading_sync, ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(state(), "Stable");
  EXPECT_EQ(beat(member), ErrorCode::kNone);
  auto synced = sync(member);
  EXPECT_EQ((*synced)->assignment, base::to_bytes("all"));
  GroupDescription described = coordinator.describe("g");
  ASSERT_EQ(described.members.size(), 1u);
  EXPECT_EQ(described.members[0].metadata, base::to_bytes("meta-c"));
}

TEST_F(TakingOver, WaitsASessionForMembersAndThenDropsThem) {
  (void)stable_member();
  take_over();
  timers.advance_ms(kSessionMs - 1);
  EXPECT_EQ(state(), "Stable");
  timers.advance_ms(kSessionMs);
  EXPECT_EQ(state(), "Empty");
}

TEST_F(TakingOver, KnowsTheInstancesOfStaticMembers) {
  JoinRequest first = request("");
  first.instance_id = "i";
  auto joined = join(first);
  timers.advance_ms(3000);
  (void)sync(**joined, {{(*joined)->member_id, base::to_bytes("all")}});
  take_over();
  auto again = join(first);
  ASSERT_TRUE(again->has_value());
  EXPECT_EQ((*again)->generation, (*joined)->generation);
  EXPECT_EQ(coordinator.heartbeat({.group_id = "g",
                                   .generation = (*joined)->generation,
                                   .member_id = (*joined)->member_id,
                                   .instance_id = "i"}),
            ErrorCode::kFencedInstanceId);
}

TEST_F(TakingOver, IgnoresWhatAnOlderEpochSays) {
  std::int32_t partition = partition_of_group("g", kPartitions);
  take_over();
  EXPECT_TRUE(table.remove_partition(partition, 1).empty());
  EXPECT_EQ(table.check("g"), ErrorCode::kNone);
  EXPECT_FALSE(table.start_loading(partition, 3));  // it coordinates already
  coordinator.unloaded(table.remove_partition(partition, 4));
  EXPECT_FALSE(table.start_loading(partition, 3));
  ASSERT_TRUE(table.start_loading(partition, 5));
  (void)table.remove_partition(partition, 6);
  EXPECT_FALSE(table.finish_loading(partition, 5, {}));
  EXPECT_EQ(table.check("g"), ErrorCode::kNotCoordinator);
}

}  // namespace
}  // namespace odradek::group
