#include "server/replica/nearest_replica.h"

#include <tuple>

namespace odradek::replica {

protocol::BrokerId nearest_replica(const std::string& rack, const ReadableReplica& leader,
                                   const std::vector<ReadableReplica>& followers) {
  if (rack.empty() || leader.rack == rack) return leader.id;
  auto rank = [](const ReadableReplica& replica) {
    return std::tuple(replica.end_offset, replica.last_caught_up_ms, replica.id);
  };
  const ReadableReplica* best = nullptr;
  for (const ReadableReplica& follower : followers) {
    if (follower.rack != rack) continue;
    if (best == nullptr || rank(*best) < rank(follower)) best = &follower;
  }
  return best == nullptr ? leader.id : best->id;
}

}  // namespace odradek::replica
