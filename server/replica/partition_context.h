// PartitionContext: what all partitions of this broker share.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "protocol/types.h"

namespace odradek::replica {

// Where this broker is stricter than the JVM's.
struct Durability {
  // Records that are known to have been committed and are missing now are not led away
  // (unclean.restart.check.enable).
  bool refuses_lost_records = false;
  // The only replica in sync of several commits what is on its disk (lone.leader.flush.enable).
  bool flushes_when_alone = false;
};

struct PartitionContext {
  protocol::BrokerId local_broker = protocol::kNoBroker;
  const base::Clock& clock = base::Clock::system();
  std::int64_t replica_lag_time_max_ms = 30'000;
  // Only live brokers may join in-sync replicas.
  std::function<bool(protocol::BrokerId)> is_alive;
  Durability durability;
};

}  // namespace odradek::replica
