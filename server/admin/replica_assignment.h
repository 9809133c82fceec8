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

// Where dealing begins: partition 0 is led by the start-th broker, and the shift pairs leaders with
// followers.
struct Placement {
  std::size_t start = 0;
  std::size_t shift = 0;
  std::int32_t first_partition = 0;
};

// INVALID_PARTITIONS, or INVALID_REPLICATION_FACTOR when there are fewer brokers than replicas.
base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         Placement placement);
// From a random place on.
base::Result<Assignment> assign_replicas(std::vector<AssignableBroker> brokers,
                                         std::int32_t partitions, std::int32_t replication_factor,
                                         base::Random& random);

// For more partitions of a topic: dealing goes on where it began with the topic's partition 0.
Placement placement_after(const std::vector<AssignableBroker>& brokers,
                          protocol::BrokerId first_leader, std::int32_t existing_partitions);

// So many partitions more than `existing`, by hand where given. `first` are the replicas of
// partition 0.
using ByHand = std::optional<std::vector<std::vector<protocol::BrokerId>>>;
base::Result<Assignment> assign_more(std::int32_t existing, std::int32_t added,
                                     const std::vector<protocol::BrokerId>& first,
                                     const ByHand& by_hand,
                                     const std::vector<AssignableBroker>& brokers);

// What a client assigned by hand to a new topic: partitions 0..n-1 without a gap, lists of equal
// length, no broker twice. Brokers need not be alive, as upstream.
base::Status check_assignment(const Assignment& assignment);

// What a client assigned by hand to so many more partitions of a topic: as many replicas as the
// others have, no broker twice, all alive.
base::Status check_added_assignment(const Assignment& added, std::size_t count,
                                    std::size_t replication_factor,
                                    const std::vector<AssignableBroker>& brokers);

}  // namespace odradek::admin
