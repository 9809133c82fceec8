#include "server/group/coordinator.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "base/clock.h"

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
    coordinator.set_partition_count(kPartitions);
    for (std::int32_t i = 0; i < kPartitions; ++i) {
      coordinator.start_loading(i);
      coordinator.start_coordinating(i, {});
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
  GroupCoordinator coordinator{CoordinatorOptions{}, clock, timers.schedule()};
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
  EXPECT_EQ(coordinator.check_commit({.group_id = "g"}), ErrorCode::kNone);
  JoinResult member = stable_member();
  EXPECT_EQ(coordinator.check_commit({.group_id = "g"}), ErrorCode::kUnknownMemberId);
  MemberIdentity identity{
      .group_id = "g", .generation = member.generation, .member_id = member.member_id};
  EXPECT_EQ(coordinator.check_commit(identity), ErrorCode::kNone);
  identity.generation = 9;
  EXPECT_EQ(coordinator.check_commit(identity), ErrorCode::kIllegalGeneration);
}

TEST_F(Coordinating, AnswersWaitingMembersWhenItLosesTheGroup) {
  auto waiting = join(request(""));
  coordinator.stop_coordinating(partition_of_group("g", kPartitions));
  ASSERT_TRUE(waiting->has_value());
  EXPECT_EQ((*waiting)->error, ErrorCode::kNotCoordinator);
  EXPECT_EQ(coordinator.check_coordinator("g"), ErrorCode::kNotCoordinator);
  coordinator.start_loading(partition_of_group("g", kPartitions));
  EXPECT_EQ(coordinator.check_coordinator("g"), ErrorCode::kCoordinatorLoadInProgress);
  coordinator.start_coordinating(partition_of_group("g", kPartitions), {"g"});
  EXPECT_EQ(state(), "Empty");
}

}  // namespace
}  // namespace odradek::group
