// A model of three replicas and a controller that are killed, delayed and elected at random; the
// decisions are those of isr.h and truncation.h, and nothing acknowledged by all may ever be
// missing where it leads.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>

#include "server/log/epoch_cache.h"
#include "server/replica/fetcher/truncation.h"
#include "server/replica/isr.h"
#include "tests/support/temporary_directory.h"

namespace odradek::replica {
namespace {

constexpr std::size_t kMinInSync = 2;
constexpr std::int64_t kMaxLagMs = 20;

struct ModelRecord {
  LeaderEpoch epoch = -1;
  int value = 0;
  bool operator==(const ModelRecord&) const = default;
};

// What the controller keeps in ZooKeeper.
struct ModelState {
  BrokerId leader = 1;
  LeaderEpoch leader_epoch = 0;
  std::vector<BrokerId> isr = {1, 2, 3};
  std::int32_t partition_epoch = 0;
};

struct ModelReplica {
  Offset end() const { return static_cast<Offset>(log.size()); }
  LeaderEpoch latest() const { return epochs->latest_epoch().value_or(-1); }
  bool leads() const { return alive && known.leader == id; }

  BrokerId id = 0;
  bool alive = true;
  std::vector<ModelRecord> log;  // survives a kill, as the page cache does
  std::unique_ptr<log::EpochCache> epochs;
  Offset high_watermark = 0;
  ModelState known{.leader = -1, .leader_epoch = -1, .isr = {}};  // by LeaderAndIsr
  bool is_truncating = false;
  // As leader.
  IsrState isr;
  Followers followers;
  Offset epoch_start = 0;
  std::optional<IsrProposal> proposal;
};

class Model {
 public:
  explicit Model(std::uint32_t seed, bool truncates_on_fetch)
      : random_(seed), truncates_on_fetch_(truncates_on_fetch) {
    for (BrokerId id : {1, 2, 3}) {
      at(id).id = id;
      at(id).epochs =
          std::make_unique<log::EpochCache>(directory_.file("epochs-" + std::to_string(id)));
    }
    for (ModelReplica& replica : replicas_) tell(replica);
  }

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) step();
  }
  // Everybody comes back and catches up: then all logs are the same.
  void settle() {
    for (ModelReplica& replica : replicas_) restart(replica);
    for (int i = 0; i < 200 && !::testing::Test::HasFailure(); ++i) {
      notice_the_dead();
      for (ModelReplica& replica : replicas_) {
        tell(replica);
        fetch(replica);
        decide(replica);
      }
    }
    ASSERT_GT(state_.leader, 0);
    for (const ModelReplica& replica : replicas_) {
      EXPECT_TRUE(replica.log == at(state_.leader).log) << "replica " << replica.id;
    }
    EXPECT_EQ(state_.isr.size(), 3u);
    EXPECT_EQ(at(state_.leader).high_watermark, at(state_.leader).end());
  }
  std::size_t acknowledged() const { return acknowledged_.size(); }
  int elections() const { return state_.leader_epoch; }

 private:
  int pick(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  ModelReplica& at(BrokerId id) { return replicas_[static_cast<std::size_t>(id - 1)]; }
  LeaderView view(const ModelReplica& leader) const {
    return {leader.end(), leader.high_watermark, leader.epoch_start, now_ms_, kMaxLagMs};
  }

  void step() {
    ModelReplica& one = replicas_[static_cast<std::size_t>(pick(3))];
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
        return produce(one);
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        return fetch(one);
      case 8:
        return decide(one);
      case 9:
      case 10:
        return tell(one);
      case 11:
        return shrink(one);
      case 12:
        return notice_the_dead();
      case 13:
        if (pick(2) == 0) one.alive = false;
        return;
      default:
        if (!one.alive) restart(one);
    }
  }

  void produce(ModelReplica& leader) {
    if (!leader.leads()) return;
    leader.log.push_back({leader.known.leader_epoch, next_value_++});
    advance(leader);
  }

  void advance(ModelReplica& leader) {
    if (leader.isr.committed.size() < kMinInSync) return;
    Offset common = common_offset(leader.isr, leader.followers, view(leader),
                                  [this](BrokerId id) { return at(id).alive; });
    for (; leader.high_watermark < common; ++leader.high_watermark) {
      Offset offset = leader.high_watermark;
      const ModelRecord& record = leader.log[static_cast<std::size_t>(offset)];
      auto [known, is_new] = acknowledged_.try_emplace(offset, record);
      ASSERT_TRUE(is_new || known->second == record)
          << "offset " << offset << " was acknowledged with another record";
    }
  }

  void fetch(ModelReplica& follower) {
    if (!follower.alive || follower.leads() || follower.known.leader < 1) return;
    ModelReplica& leader = at(follower.known.leader);
    if (!leader.leads() || leader.known.leader_epoch != follower.known.leader_epoch) return;
    LeaderEpoch latest = follower.latest();
    log::EpochEndOffset end = leader.epochs->end_offset_for(latest, leader.end());
    bool diverges = latest >= 0 && (end.epoch < latest || end.end_offset < follower.end());
    if (follower.is_truncating || (truncates_on_fetch_ && diverges)) return truncate(follower, end);
    ASSERT_LE(follower.end(), leader.end()) << "the follower was not cut";
    FollowerState& state = leader.followers[follower.id];
    state = after_fetch(state, {.offset = follower.end()}, view(leader));
    if (may_join(leader.isr, follower.id, state, view(leader))) {
      std::vector<BrokerId> larger = leader.isr.committed;
      larger.push_back(follower.id);
      propose(leader, larger);
    }
    advance(leader);
    for (int i = pick(4); i > 0 && follower.end() < leader.end(); --i) {
      const ModelRecord& record = leader.log[static_cast<std::size_t>(follower.end())];
      follower.epochs->assign_unwritten(record.epoch, follower.end());
      follower.log.push_back(record);
    }
    follower.high_watermark = std::min(leader.high_watermark, follower.end());
  }

  void truncate(ModelReplica& follower, const log::EpochEndOffset& leader_end) {
    Truncation cut{.offset = follower.high_watermark};
    if (follower.latest() >= 0) {
      Offset start = truncates_on_fetch_ ? follower.end() : follower.high_watermark;
      cut = truncation_point(leader_end,
                             {start, follower.end(),
                              follower.epochs->end_offset_for(leader_end.epoch, follower.end())});
    }
    follower.log.resize(static_cast<std::size_t>(std::min(cut.offset, follower.end())));
    ASSERT_TRUE(follower.epochs->truncate_from_end(follower.end()).ok());
    follower.high_watermark = std::min(follower.high_watermark, follower.end());
    follower.is_truncating = !truncates_on_fetch_ && !cut.is_complete;
  }

  void propose(ModelReplica& leader, const std::vector<BrokerId>& isr) {
    leader.isr.proposed = isr;
    leader.proposal = IsrProposal{.leader_epoch = leader.known.leader_epoch,
                                  .isr = isr,
                                  .partition_epoch = leader.isr.partition_epoch};
  }

  void shrink(ModelReplica& leader) {
    now_ms_ += pick(15);
    if (!leader.leads()) return;
    std::vector<BrokerId> out = out_of_sync(leader.isr, leader.id, leader.followers, view(leader));
    if (out.empty()) return;
    std::vector<BrokerId> smaller = leader.isr.committed;
    std::erase_if(smaller, [&](BrokerId id) { return contains(out, id); });
    propose(leader, smaller);
  }

  // The controller answers a proposal, if the answer is not lost: then it is sent again.
  void decide(ModelReplica& leader) {
    if (!leader.leads() || !leader.proposal) return;
    const IsrProposal& asked = *leader.proposal;
    bool is_done = state_.leader == leader.id && state_.leader_epoch == asked.leader_epoch &&
                   state_.isr == asked.isr;
    bool is_valid = state_.leader == leader.id && state_.leader_epoch == asked.leader_epoch &&
                    state_.partition_epoch == asked.partition_epoch;
    if (is_valid && !is_done) {
      for (BrokerId id : asked.isr) {
        if (!at(id).alive) return;  // not eligible
      }
      state_.isr = asked.isr;
      ++state_.partition_epoch;
    }
    if (pick(4) == 0) return;
    leader.proposal.reset();
    if (!is_valid && !is_done) return;  // fenced: it waits for LeaderAndIsr
    leader.isr = {
        .committed = state_.isr, .partition_epoch = state_.partition_epoch, .proposed = {}};
    advance(leader);
  }

  // LeaderAndIsr, which may come late.
  void tell(ModelReplica& replica) {
    if (!replica.alive || replica.known.leader_epoch >= state_.leader_epoch) return;
    bool is_new_leader = !replica.leads();
    replica.known = state_;
    replica.proposal.reset();
    replica.isr = {
        .committed = state_.isr, .partition_epoch = state_.partition_epoch, .proposed = {}};
    if (!replica.leads()) {
      bool may_fetch = truncates_on_fetch_ && replica.latest() >= 0;
      replica.is_truncating = !may_fetch;
      return replica.followers.clear();
    }
    for (const auto& [offset, record] : acknowledged_) {
      ASSERT_LT(offset, replica.end())
          << "replica " << replica.id << " leads epoch " << state_.leader_epoch;
      ASSERT_EQ(replica.log[static_cast<std::size_t>(offset)].value, record.value)
          << "offset " << offset;
    }
    replica.epoch_start = replica.end();
    replica.epochs->assign_unwritten(state_.leader_epoch, replica.end());
    for (const ModelReplica& other : replicas_) {
      if (other.id == replica.id) continue;
      FollowerState& state = replica.followers[other.id];
      state = at_new_epoch(state, is_new_leader, contains(state_.isr, other.id), view(replica));
    }
    advance(replica);
  }

  void elect(std::vector<BrokerId> isr, BrokerId leader) {
    state_.isr = std::move(isr);
    state_.leader = leader;
    ++state_.leader_epoch;
    ++state_.partition_epoch;
  }

  void notice_the_dead() {
    std::vector<BrokerId> living = state_.isr;
    std::erase_if(living, [this](BrokerId id) { return !at(id).alive; });
    bool has_leader = state_.leader > 0 && at(state_.leader).alive;
    if (living.empty()) {
      if (state_.leader > 0) elect(state_.isr, -1);
    } else if (!has_leader) {
      elect(living, living[static_cast<std::size_t>(pick(static_cast<int>(living.size())))]);
    } else if (living != state_.isr) {
      elect(living, state_.leader);
    }
  }

  void restart(ModelReplica& replica) {
    if (replica.alive) return;
    // Its death is noticed before it is back: the session that ended, or the new epoch of its
    // broker.
    notice_the_dead();
    replica.alive = true;
    replica.known = {.leader = -1, .leader_epoch = -1, .isr = {}};
    replica.followers.clear();
    replica.high_watermark = std::min<Offset>(replica.high_watermark,
                                              pick(static_cast<int>(replica.high_watermark) + 1));
    notice_the_dead();
    tell(replica);
  }

  testing::TemporaryDirectory directory_;
  std::mt19937 random_;
  const bool truncates_on_fetch_;
  std::int64_t now_ms_ = 0;
  int next_value_ = 0;
  ModelState state_;
  std::array<ModelReplica, 3> replicas_;
  std::map<Offset, ModelRecord> acknowledged_;
};

// More of them by hand: ODRADEK_MODEL_SEEDS=100000.
std::uint32_t seeds() {
  const char* wanted = std::getenv("ODRADEK_MODEL_SEEDS");
  return wanted == nullptr ? 500 : static_cast<std::uint32_t>(std::atoi(wanted));
}

void explore(bool truncates_on_fetch) {
  std::size_t acknowledged = 0;
  int elections = 0;
  for (std::uint32_t seed = 0; seed < seeds() && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model model(seed, truncates_on_fetch);
    model.run(600);
    model.settle();
    acknowledged += model.acknowledged();
    elections += model.elections();
  }
  EXPECT_GT(acknowledged, 5u * seeds());
  EXPECT_GT(elections, 5 * static_cast<int>(seeds()));
}

TEST(Failover, LosesNothingAcknowledgedWhenFollowersAskForEpochsFirst) { explore(false); }
TEST(Failover, LosesNothingAcknowledgedWhenFetchesTellOfDivergence) { explore(true); }

}  // namespace
}  // namespace odradek::replica
