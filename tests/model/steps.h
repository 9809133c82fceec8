// Steps: all that can happen to a Cluster, one step after another.
#pragma once

#include <string>
#include <vector>

#include "tests/model/cluster.h"
#include "tests/model/controllers.h"
#include "tests/model/decisions.h"
#include "tests/model/replicas.h"

namespace odradek::model {

enum class Act : std::uint8_t {
  kAppend,
  kFetch,      // object: bits, what becomes of it
  kLateFetch,  // object: which of them, and whether the leader proposes
  kTakeFetch,
  kShrink,
  kServeProposal,  // object: the controller, and what becomes of the answer
  kTakeProposal,
  kObey,
  kNotice,
  kKill,  // and its session ends: until then it might as well be slow
  kExpire,
  kRegister,
  kElectController,
  kPrefer,
};

struct Action {
  Act act = Act::kAppend;
  Small subject = 0;
  Small object = 0;
};
std::string to_string(const Action& action);
// That may be possible at some time.
std::vector<Action> all_actions(const Limits& limits);

// Belongs to one thread.
class Steps {
 public:
  explicit Steps(const Setting& setting)
      : setting_(setting),
        decisions_(setting_),
        replicas_(setting_, decisions_, breach_),
        controllers_(setting_, breach_) {}

  Cluster initial();
  // False when it cannot be done: then the cluster is as it was. What it breaks, when it breaks
  // anything, is in broken().
  bool take(Cluster& cluster, const Action& action);
  const char* broken() const { return breach_.what; }

 private:
  bool act(Cluster& cluster, const Action& action);
  bool late_fetch(Cluster& cluster, const Action& action);
  bool serve_proposal(Cluster& cluster, const Action& action);
  bool take_proposal(Cluster& cluster, const Action& action);
  bool kill(Cluster& cluster, int id, Small keeps);
  bool expire(Cluster& cluster, int id);
  bool register_again(Cluster& cluster, int id);

  const Setting setting_;
  Breach breach_;
  Decisions decisions_;
  Replicas replicas_;
  Controllers controllers_;
};

}  // namespace odradek::model
