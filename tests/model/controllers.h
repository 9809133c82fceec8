// Controllers: what the controllers of a Cluster do, the one in office and the deposed one.
#pragma once

#include <functional>
#include <optional>

#include "tests/model/cluster.h"

namespace odradek::model {

// What returns false has changed nothing.
class Controllers {
 public:
  Controllers(const Setting& setting, Breach& breach) : setting_(setting), breach_(breach) {}

  void tell(Cluster& cluster, const Controller& controller, int id);
  // Looks at who is registered.
  bool notice(Cluster& cluster, int which);
  bool elect_controller(Cluster& cluster);
  // As in a balancing of leaders.
  bool prefer(Cluster& cluster, int which, int wanted);
  // AlterPartition of `id` comes to the controller; the answer stands in `answered`.
  bool serve_proposal(Cluster& cluster, int id, int which, Proposal& answered);
  static bool may_fail(const Cluster& cluster, const Setting& setting);

 private:
  enum class Written : std::uint8_t { kDone, kStale, kDeposed, kBeyondLimits };
  using Change = std::function<std::optional<State>(const State& current)>;

  Written write(Cluster& cluster, Controller& controller, State state);
  // Reads anew where somebody else wrote; whether it was written.
  bool change(Cluster& cluster, Controller& controller, const Change& change);
  void elect(Cluster& cluster, Controller& controller);
  bool remove(Cluster& cluster, Controller& controller, int id);
  void retire(Cluster& cluster, Controller& controller, int id);
  void start(Cluster& cluster, Controller& controller, int id);

  const Setting& setting_;
  Breach& breach_;
};

}  // namespace odradek::model
