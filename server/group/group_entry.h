// GroupEntry: one group with what it committed, and the lock that every use of them holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "server/group/group.h"
#include "server/group/group_offsets.h"

namespace odradek::group {

struct GroupEntry {
  GroupEntry(std::string group_id, std::int32_t offsets_partition)
      : id(std::move(group_id)), partition(offsets_partition), group(id) {}

  const std::string id;
  const std::int32_t partition;  // of __consumer_offsets
  base::Mutex mutex;
  Group group GUARDED_BY(mutex);
  GroupOffsets offsets GUARDED_BY(mutex);
};
using GroupEntryPtr = std::shared_ptr<GroupEntry>;

}  // namespace odradek::group
