// GroupLoader: follows the leadership of __consumer_offsets and loads the groups that this broker
// begins to coordinate.
#pragma once

#include <cstdint>
#include <set>

#include "base/mutex.h"
#include "base/scheduler.h"
#include "server/group/coordinator.h"
#include "server/group/offset_store.h"

namespace odradek::group {

// Safe from any thread; what blocks on ZooKeeper runs on the scheduler.
class GroupLoader {
 public:
  GroupLoader(GroupCoordinator& coordinator, OffsetStore& offsets, base::Scheduler& scheduler)
      : coordinator_(coordinator), offsets_(offsets), scheduler_(scheduler) {}

  // This broker leads, or no longer leads, a partition of __consumer_offsets.
  void led(std::int32_t partition) EXCLUDES(mutex_);
  void lost(std::int32_t partition) EXCLUDES(mutex_);

 private:
  static constexpr std::int64_t kRetryMs = 1000;

  void load() EXCLUDES(mutex_);

  GroupCoordinator& coordinator_;
  OffsetStore& offsets_;
  base::Scheduler& scheduler_;
  base::Mutex mutex_;
  std::set<std::int32_t> to_load_ GUARDED_BY(mutex_);  // one run loads all that wait
};

}  // namespace odradek::group
