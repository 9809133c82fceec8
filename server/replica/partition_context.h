// PartitionContext: what all partitions of this broker share.
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "protocol/types.h"

namespace odradek::replica {

struct PartitionContext {
  protocol::BrokerId local_broker = protocol::kNoBroker;
  const base::Clock& clock = base::Clock::system();
  std::int64_t replica_lag_time_max_ms = 30'000;
  // Only live brokers may join in-sync replicas.
  std::function<bool(protocol::BrokerId)> is_alive;
};

}  // namespace odradek::replica
