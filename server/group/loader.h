// GroupLoader: follows the leadership of __consumer_offsets and loads the groups that this broker
// begins to coordinate from their partition's log.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/scheduler.h"
#include "server/group/coordinator.h"
#include "server/group/group_table.h"
#include "server/group/offset_mirror.h"
#include "server/group/replay.h"
#include "server/replica/replica_set.h"

namespace odradek::group {

// Safe from any thread; what reads the log runs on the scheduler.
class GroupLoader {
 public:
  // The topic whose partitions say who coordinates, and keep what coordinators know.
  static constexpr const char* kTopic = "__consumer_offsets";

  // `adopt` as OffsetMirror::loaded() has it.
  GroupLoader(std::int32_t buffer_size_bytes, GroupTable& table, GroupCoordinator& coordinator,
              replica::ReplicaSet& replicas, base::Scheduler& scheduler, OffsetMirror& mirror,
              OffsetMirror::Adopt adopt);

  // This broker leads, or no longer leads, a partition of __consumer_offsets.
  void led(std::int32_t partition, protocol::LeaderEpoch epoch);
  // Without an epoch: the replica is taken away.
  void lost(std::int32_t partition, std::optional<protocol::LeaderEpoch> epoch);

 private:
  static constexpr std::int64_t kRetryMs = 1000;

  void load(std::int32_t partition, protocol::LeaderEpoch epoch);
  base::Status read(std::int32_t partition, protocol::LeaderEpoch epoch, Replay& replay);
  std::vector<GroupEntryPtr> entries_of(std::int32_t partition, Replay& replay);

  const std::int32_t buffer_size_bytes_;
  GroupTable& table_;
  GroupCoordinator& coordinator_;
  replica::ReplicaSet& replicas_;
  base::Scheduler& scheduler_;
  OffsetMirror& mirror_;
  const OffsetMirror::Adopt adopt_;
};

}  // namespace odradek::group
