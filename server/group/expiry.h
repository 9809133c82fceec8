// Which offsets of a group have been kept for long enough (KIP-211).
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/types.h"
#include "server/group/group.h"
#include "server/group/group_offsets.h"

namespace odradek::group {

// Offsets of an empty group expire together, so long after it became empty; those of a group that
// only stores them, each so long after its commit; those of a stable group of consumers likewise,
// but only of topics that nobody in it subscribes to. A commit that named its own expiry keeps it.
// What is just being committed stays.
std::vector<protocol::TopicPartition> expired_offsets(const Group& group,
                                                      const GroupOffsets& offsets,
                                                      std::int64_t retention_ms,
                                                      std::int64_t now_ms);

}  // namespace odradek::group
