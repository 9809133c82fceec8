#include "tests/model/explorer.h"

#include <algorithm>
#include <deque>

namespace odradek::model {
namespace {

// A collision would hide a state: of 10^7 states, one in 10^24 runs.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Fingerprint&) const = default;
};

// Open addressing: a million states are in it within a second.
class Fingerprints {
 public:
  bool insert(const Fingerprint& print) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    return put(print);
  }
  std::uint64_t size() const { return size_; }

 private:
  bool put(const Fingerprint& print) {
    for (std::size_t at = print.low;; ++at) {
      Fingerprint& slot = slots_[at & (slots_.size() - 1)];
      if (slot == print) return false;
      if (slot != Fingerprint{}) continue;
      slot = print;
      ++size_;
      return true;
    }
  }
  void grow() {
    std::vector<Fingerprint> old(std::max<std::size_t>(slots_.size() * 2, 1 << 16));
    old.swap(slots_);
    size_ = 0;
    for (const Fingerprint& print : old) {
      if (print != Fingerprint{}) put(print);
    }
  }

  std::vector<Fingerprint> slots_;
  std::uint64_t size_ = 0;
};

std::uint64_t mix(std::uint64_t hash, std::uint64_t word, std::uint64_t factor) {
  hash = (hash ^ word) * factor;
  return hash ^ hash >> 29;
}

Fingerprint fingerprint(const Cluster& cluster) {
  std::array<std::uint64_t, (sizeof(Cluster) + 7) / 8> words{};
  std::memcpy(words.data(), &cluster, sizeof(cluster));
  Fingerprint print{0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
  for (std::uint64_t word : words) {
    print.high = mix(print.high, word, 0xff51afd7ed558ccd);
    print.low = mix(print.low, word + print.high, 0x9fb21c651e98df25);
  }
  return print;
}

std::vector<Action> all_actions() {
  std::vector<Action> actions;
  auto add = [&](Act act, int subjects, int objects) {
    for (int subject = 0; subject < subjects; ++subject) {
      for (int object = 0; object < objects; ++object) {
        actions.push_back({act, static_cast<Small>(subject), static_cast<Small>(object)});
      }
    }
  };
  for (Act act : {Act::kAppend, Act::kSendFetch, Act::kServeFetch, Act::kTakeFetch,
                  Act::kTakeProposal, Act::kExpire, Act::kRegister}) {
    add(act, kReplicas, 1);
  }
  add(Act::kShrink, kReplicas, kReplicas);
  add(Act::kServeProposal, kReplicas, 2);
  add(Act::kObey, kMostLetters, 1);
  add(Act::kNotice, 2, 1);
  add(Act::kKill, kReplicas, kMostRecords + 1);
  add(Act::kElectController, 1, 1);
  return actions;
}

struct Visited {
  std::uint32_t before = 0;
  std::uint32_t action = 0;
};

class Explorer {
 public:
  Explorer(const Limits& limits, Rules without) : steps_(limits, without) {}

  Exploration run(std::uint64_t most_states) {
    add(steps_.initial(), 0, 0);
    for (std::uint32_t at = 0; !waiting_.empty(); ++at) {
      if (visited_.size() >= most_states) return finish(false);
      const Cluster cluster = waiting_.front();
      waiting_.pop_front();
      for (std::uint32_t i = 0; i < actions_.size(); ++i) {
        Cluster next = cluster;
        if (!steps_.take(next, actions_[i]) || next.overflow) continue;
        ++result_.steps;
        bool is_new = add(next, at, i);
        if (steps_.broken() == nullptr) continue;
        if (!is_new) visited_.push_back({at, i});
        result_.broken = steps_.broken();
        result_.trace = way_to(static_cast<std::uint32_t>(visited_.size() - 1));
        return finish(false);
      }
    }
    return finish(true);
  }

 private:
  bool add(const Cluster& cluster, std::uint32_t before, std::uint32_t action) {
    if (!known_.insert(fingerprint(cluster))) return false;
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
  const std::vector<Action> actions_ = all_actions();
  Fingerprints known_;
  std::vector<Visited> visited_;
  std::deque<Cluster> waiting_;
  Exploration result_;
};

}  // namespace

Exploration explore(const Limits& limits, Rules without, std::uint64_t most_states) {
  return Explorer(limits, without).run(most_states);
}

}  // namespace odradek::model
