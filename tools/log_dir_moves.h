// LogDirMoves: moves of replicas between log directories of their broker, started and looked at.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "server/client/cluster_client.h"
#include "tools/reassignment_plan.h"

namespace odradek::tools {

using LogDirs = std::map<ReplicaId, std::string>;  // absolute directory by replica

class LogDirMoves {
 public:
  explicit LogDirMoves(client::ClusterClient& client) : client_(client) {}

  // Prints how far each is; whether one is under way.
  base::Result<bool> print_states(const LogDirs& wanted);
  // Those of `replicas` that are being moved, with the directories that they would leave.
  base::Result<LogDirs> under_way(const LogDirs& replicas);
  // Prints each that has begun; asks until all have or the time is over: a replica may have to
  // arrive at its broker first.
  base::Status start(LogDirs wanted, std::int64_t timeout_ms);

 private:
  struct Place {
    std::string current;  // empty: in no directory that works
    std::string future;
  };
  base::Result<std::map<ReplicaId, Place>> places_of(const LogDirs& replicas);
  // Those that were taken on.
  base::Result<std::set<ReplicaId>> try_to_start(const LogDirs& wanted);

  client::ClusterClient& client_;
};

}  // namespace odradek::tools
