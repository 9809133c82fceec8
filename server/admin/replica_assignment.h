// Which brokers get the replicas of a new topic: spread evenly, and over racks where they are
// known.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "protocol/types.h"

namespace odradek::admin {

struct AssignableBroker {
  protocol::BrokerId id = protocol::kNoBroker;
  std::optional<std::string> rack;
};

// Replicas by partition index, the preferred leader first. Racks count only when every broker has
// one.
using Assignment = std::map<std::int32_t, std::vector<protocol::BrokerId>>;

// INVALID_PARTITIONS, or INVALID_REPLICATION_FACTOR when there are fewer brokers than replicas.
base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         base::Random& random);

// What a client assigned by hand: partitions 0..n-1 without a gap, lists of equal length, no broker
// twice, all known.
base::Status check_assignment(const Assignment& assignment,
                              const std::vector<AssignableBroker>& brokers);

}  // namespace odradek::admin
