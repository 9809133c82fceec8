#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <iostream>

#include "tests/model/explorer.h"

namespace odradek::model {
namespace {

std::string text_of(const Exploration& found) {
  std::string text = found.broken;
  for (const std::string& step : found.trace) text += "\n  " + step;
  return text;
}

Exploration explored(const char* what, const Limits& limits, Rules without,
                     std::uint64_t most_states) {
  auto began = std::chrono::steady_clock::now();
  Exploration found = explore(limits, without, most_states);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << what << ": " << found.states << " states, " << found.steps << " steps, "
            << took.count() << " s" << (found.is_complete ? "" : ", not all") << std::endl;
  return found;
}

struct Mutation {
  const char* name;
  Rules without;
  Limits limits;
};

constexpr std::uint64_t kMostStates = 1'500'000;

const Limits kSteady{.faults = 0, .controller_changes = 0, .isr_changes = 1};
const Limits kOneKill{.records = 1,
                      .leader_epochs = 1,
                      .faults = 1,
                      .controller_changes = 0,
                      .isr_changes = 1,
                      .may_lose_session = false,
                      .may_shrink = false};
const Limits kTwo{.brokers = 2,
                  .records = 2,
                  .leader_epochs = 2,
                  .faults = 2,
                  .controller_changes = 0,
                  .isr_changes = 1,
                  .may_lose_tail = false,
                  .may_shrink = false,
                  .first_isr = 0b11};

const Limits kAnyFault{
    .records = 1, .leader_epochs = 1, .faults = 1, .controller_changes = 0, .isr_changes = 1};

Limits with(Limits limits, const std::function<void(Limits&)>& change) {
  change(limits);
  return limits;
}

const std::array kMutations{
    Mutation{"WholeIsrHasIt", rules(Rule::kWholeIsrHasIt), kSteady},
    Mutation{"MaximalIsr", rules(Rule::kMaximalIsr), kSteady},
    Mutation{"JoinAtHighWatermark", rules(Rule::kJoinAtHighWatermark),
             with(kSteady, [](Limits& l) { l.first_isr = 1, l.late_answers = true; })},
    Mutation{"ElectFromIsr", rules(Rule::kElectFromIsr),
             with(kTwo, [](Limits& l) { l.first_isr = 1; })},
    Mutation{"LastInSyncStays", rules(Rule::kLastInSyncStays),
             with(kTwo, [](Limits& l) { l.first_isr = 1; })},
    Mutation{"JoinAtEpochStart", rules(Rule::kJoinAtEpochStart),
             with(kOneKill, [](Limits& l) { l.leader_epochs = 2, l.late_answers = true; })},
    Mutation{
        "TruncateByEpochs", rules(Rule::kTruncateByEpochs),
        with(kOneKill, [](Limits& l) { l.truncates_on_fetch = false, l.may_lose_tail = false; })},
    Mutation{
        "BrokerEpochAtController", rules(Rule::kBrokerEpochAtController),
        with(kOneKill, [](Limits& l) { l.brokers = 2, l.first_isr = 1, l.leader_epochs = 2; })},
    Mutation{"BrokerEpochAtBroker", rules(Rule::kBrokerEpochAtBroker), kTwo},
    Mutation{"ControllerEpochAndVersionInZooKeeper",
             rules(Rule::kControllerEpochInZooKeeper, Rule::kVersionInZooKeeper),
             with(kTwo, [](Limits& l) { l.records = 1, l.controller_changes = 1; })},
    Mutation{"LeaderEpochAtController", rules(Rule::kLeaderEpochAtController),
             with(kTwo, [](Limits& l) { l.may_shrink = true, l.faults = 1; })},
    Mutation{"LeaderEpochInFetch", rules(Rule::kLeaderEpochInFetch, Rule::kLogMatchesWhenCounted),
             with(kTwo, [](Limits& l) { l.faults = 2; })},
};

class WithoutRule : public ::testing::TestWithParam<Mutation> {};

TEST_P(WithoutRule, RecordsAreLost) {
  const Mutation& mutation = GetParam();
  Exploration found = explored(mutation.name, mutation.limits, mutation.without, kMostStates);
  EXPECT_NE(found.broken, "") << "nothing depends on it";
  std::cout << text_of(found) << std::endl;
}

INSTANTIATE_TEST_SUITE_P(Replication, WithoutRule, ::testing::ValuesIn(kMutations),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Replication, LosesNothing) {
  std::uint64_t states = 0;
  for (const Limits& limits :
       {kOneKill, with(kOneKill, [](Limits& l) { l.late_answers = true; }), kTwo,
        with(kTwo, [](Limits& l) { l.late_answers = true, l.controller_changes = 1; }),
        with(kTwo, [](Limits& l) { l.truncates_on_fetch = false; }), kAnyFault}) {
    Exploration found = explored("all rules", limits, rules(), 6'000'000);
    EXPECT_EQ(found.broken, "") << text_of(found);
    EXPECT_TRUE(found.is_complete);
    states += found.states;
  }
  std::cout << states << " states in all" << std::endl;
}

// Why the model lets the controller hear of a lost tail before the next fault.
TEST(Replication, LosesWhatTheControllerDoesNotHearOf) {
  Limits limits =
      with(kTwo, [](Limits& l) { l.records = 1, l.may_lose_tail = l.may_fail_beside_loss = true; });
  Exploration found = explored("two faults at once", limits, rules(), kMostStates);
  EXPECT_NE(found.broken, "");
  std::cout << text_of(found) << std::endl;
}

}  // namespace
}  // namespace odradek::model
