#include <algorithm>
#include <array>
#include <iterator>

#include "base/mutex.h"
#include "base/thread.h"
#include "tests/model/explorer.h"
#include "tests/model/fingerprints.h"
#include "tests/model/steps.h"

namespace odradek::model {
namespace {

constexpr int kThreads = 2;
constexpr std::size_t kShared = 64;  // states at a time
constexpr int kBetweenLooks = 1024;  // states

// States that wait for any thread; one that has none left takes of them.
class Pool {
 public:
  // Moves states that wait longest out of `own` when somebody has none.
  void share(std::vector<Cluster>& own) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (!states_.empty() || own.size() < 2 * kShared) return;
    states_.assign(own.begin(), own.begin() + kShared);
    own.erase(own.begin(), own.begin() + kShared);
    changed_.notify_all();
  }
  // False at the end.
  bool take(std::vector<Cluster>& own) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    ++idle_;
    while (states_.empty() && idle_ < kThreads && !is_over_) changed_.wait(mutex_);
    if (states_.empty() || is_over_) {
      is_over_ = true;
      changed_.notify_all();
      return false;
    }
    --idle_;
    own.swap(states_);
    return true;
  }
  void put(const Cluster& cluster) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    states_.push_back(cluster);
  }
  void end() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  bool is_over() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return is_over_;
  }

 private:
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Cluster> states_ GUARDED_BY(mutex_);
  int idle_ GUARDED_BY(mutex_) = 0;
  bool is_over_ GUARDED_BY(mutex_) = false;
};

// One thread's part: the states found last first, so that few wait.
class Sweeper {
 public:
  Sweeper(const Setting& setting, Pool& pool, Fingerprints& known)
      : steps_(setting), actions_(all_actions(setting.limits)), pool_(pool), known_(known) {}

  void run() {
    while (result.broken.empty() && pool_.take(own_)) {
      for (int visited = 1; !own_.empty(); ++visited) {
        const Cluster cluster = own_.back();
        own_.pop_back();
        if (!visit(cluster)) return pool_.end();
        if (visited % kBetweenLooks != 0) continue;
        if (pool_.is_over()) return;
        pool_.share(own_);
      }
    }
  }

  Exploration result;

 private:
  // False when it cannot go on.
  bool visit(const Cluster& cluster) {
    Cluster next = cluster;
    for (const Action& action : actions_) {
      if (!steps_.take(next, action)) continue;
      ++result.steps;
      bool is_broken = steps_.broken() != nullptr && next.end == End::kNone;
      if (is_broken) result.broken = steps_.broken();
      if (!result.broken.empty() || known_.is_full()) return false;
      if (next.end != End::kNone) {
        if (next.end == End::kNoRoom) ++result.too_large;
      } else if (known_.insert(next)) {
        own_.push_back(next);
      }
      next = cluster;
    }
    return true;
  }

  Steps steps_;
  const std::vector<Action> actions_;
  Pool& pool_;
  Fingerprints& known_;
  std::vector<Cluster> own_;
};

}  // namespace

Exploration sweep(const Setting& setting, std::uint64_t most_states) {
  Fingerprints known(most_states);
  Pool pool;
  Cluster first = Steps(setting).initial();
  known.insert(first);
  pool.put(first);
  Sweeper one(setting, pool, known);
  Sweeper two(setting, pool, known);
  {
    base::Thread other("sweeper", [&] { two.run(); });
    one.run();
  }
  Exploration result = std::move(one.result);
  result.states = known.size();
  result.steps += two.result.steps;
  result.too_large += two.result.too_large;
  if (result.broken.empty()) result.broken = two.result.broken;
  result.is_complete = result.broken.empty() && !known.is_full();
  return result;
}

}  // namespace odradek::model
