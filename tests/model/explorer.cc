#include "tests/model/explorer.h"

#include <algorithm>
#include <deque>

#include "tests/model/fingerprints.h"
#include "tests/model/steps.h"

namespace odradek::model {
namespace {

struct Visited {
  std::uint32_t before = 0;
  std::uint32_t action = 0;
};

class Explorer {
 public:
  Explorer(const Setting& setting, std::uint64_t most_states)
      : steps_(setting), actions_(all_actions(setting.limits)), known_(most_states) {}

  Exploration run() {
    add(steps_.initial(), 0, 0);
    for (std::uint32_t at = 0; !waiting_.empty(); ++at) {
      if (known_.is_full()) return finish(false);
      const Cluster cluster = waiting_.front();
      waiting_.pop_front();
      if (!visit(cluster, at)) return finish(false);
    }
    return finish(true);
  }

 private:
  // False when an invariant breaks.
  bool visit(const Cluster& cluster, std::uint32_t at) {
    Cluster next = cluster;
    for (std::uint32_t i = 0; i < actions_.size(); ++i) {
      if (!steps_.take(next, actions_[i])) continue;
      ++result_.steps;
      if (next.end != End::kNone) {
        if (next.end == End::kNoRoom) ++result_.too_large;
      } else if (bool is_new = add(next, at, i); steps_.broken() != nullptr) {
        if (!is_new) visited_.push_back({at, i});
        result_.broken = steps_.broken();
        result_.trace = way_to(static_cast<std::uint32_t>(visited_.size() - 1));
        return false;
      }
      next = cluster;
    }
    return true;
  }

  bool add(const Cluster& cluster, std::uint32_t before, std::uint32_t action) {
    if (!known_.insert(cluster)) return false;
    visited_.push_back({before, action});
    waiting_.push_back(cluster);
    return true;
  }

  std::vector<std::string> way_to(std::uint32_t at) const {
    std::vector<std::string> way;
    for (; at != 0; at = visited_[at].before) {
      way.push_back(to_string(actions_[visited_[at].action]));
    }
    std::reverse(way.begin(), way.end());
    return way;
  }

  Exploration finish(bool is_complete) {
    result_.states = known_.size();
    result_.is_complete = is_complete;
    return std::move(result_);
  }

  Steps steps_;
  const std::vector<Action> actions_;
  Fingerprints known_;
  std::vector<Visited> visited_;
  std::deque<Cluster> waiting_;
  Exploration result_;
};

}  // namespace

Exploration explore(const Setting& setting, std::uint64_t most_states) {
  return Explorer(setting, most_states).run();
}

}  // namespace odradek::model
