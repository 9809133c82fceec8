// Elections: who leads a partition next, as functions of values (zookeeper.md §2.4).
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "server/controller/leadership.h"

namespace odradek::controller {

// Whether a replica of the partition can work: its broker lives and the log directory too.
using IsLive = std::function<bool(BrokerId)>;

// What the strategies look at.
struct ElectionCase {
  Leadership current;
  Replicas replicas;  // in order of preference
};

struct Elected {
  Leadership
      leadership;  // leader_epoch is raised; partition_epoch and controller_epoch are the caller's
  Replicas recipients;  // who is to be told by LeaderAndIsr
};

// The first leader of a new partition: the first live replica, with all live ones in sync.
std::optional<Elected> elect_first(const Replicas& replicas, const IsLive& is_live);

// Whether an offline election can succeed without losing data.
bool has_live_in_sync(const ElectionCase& partition, const IsLive& is_live);

struct UncleanElection {
  bool allowed = false;
  bool mark_recovering = false;  // IBP >= 3.2-IV0
};
// The leader is gone: the first live one in sync, else, when allowed, any live one alone.
std::optional<Elected> elect_offline(const ElectionCase& partition, const IsLive& is_live,
                                     UncleanElection unclean);

// The first of the reassignment's target that is live and in sync.
std::optional<Elected> elect_for_reassignment(const ElectionCase& partition, const Replicas& target,
                                              const IsLive& is_live);

// The first replica of the assignment, if it is live and in sync.
std::optional<Elected> elect_preferred(const ElectionCase& partition, const IsLive& is_live);

// Some brokers are about to stop: somebody else in sync. `is_live` counts stopping brokers too.
std::optional<Elected> elect_for_shutdown(const ElectionCase& partition, const IsLive& is_live,
                                          const std::set<BrokerId>& shutting_down);

// A replica that leaves the in-sync set, because its broker or directory is gone. nullopt: it was
// not in it.
std::optional<Leadership> remove_from_isr(const Leadership& current, BrokerId replica);

}  // namespace odradek::controller
