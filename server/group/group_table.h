// GroupTable: the groups that this broker coordinates, by the partition of __consumer_offsets whose
// leadership makes it their coordinator.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "protocol/types.h"
#include "server/group/group_entry.h"

namespace odradek::group {

// The partition of __consumer_offsets whose leader coordinates the group: Java's hash of the name
// (wire-api.md §9).
std::int32_t partition_of_group(std::string_view group_id, std::int32_t partition_count);

// Safe from any thread. Its lock is never held together with a group's.
class GroupTable {
 public:
  void set_partition_count(std::int32_t count) EXCLUDES(mutex_);
  std::int32_t partition_count() const EXCLUDES(mutex_);

  // This broker leads the partition from this epoch on; its groups answer
  // COORDINATOR_LOAD_IN_PROGRESS until they are here. False when they are, or are being loaded,
  // already.
  bool start_loading(std::int32_t partition, protocol::LeaderEpoch epoch) EXCLUDES(mutex_);
  // False, and nothing is done, when the partition was lost since it was led in that epoch.
  bool finish_loading(std::int32_t partition, protocol::LeaderEpoch epoch,
                      const std::vector<GroupEntryPtr>& groups) EXCLUDES(mutex_);
  bool is_loading(std::int32_t partition, protocol::LeaderEpoch epoch) const EXCLUDES(mutex_);
  // Another broker leads; the groups that were here. Without an epoch: whoever leads.
  std::vector<GroupEntryPtr> remove_partition(std::int32_t partition,
                                              std::optional<protocol::LeaderEpoch> epoch)
      EXCLUDES(mutex_);
  std::vector<std::int32_t> partitions() const EXCLUDES(mutex_);

  // kNone where this broker coordinates the group.
  ErrorCode check(const std::string& group_id) const EXCLUDES(mutex_);
  bool is_any_loading() const EXCLUDES(mutex_);
  bool coordinates(std::int32_t partition) const EXCLUDES(mutex_);
  GroupEntryPtr find(const std::string& group_id) const EXCLUDES(mutex_);
  // Null where this broker does not coordinate the group.
  GroupEntryPtr find_or_create(const std::string& group_id) EXCLUDES(mutex_);
  // The group is dead.
  void erase(const GroupEntryPtr& entry) EXCLUDES(mutex_);
  std::vector<GroupEntryPtr> all() const EXCLUDES(mutex_);

 private:
  using Groups = std::map<std::string, GroupEntryPtr>;

  const Groups* groups_of(const std::string& group_id) const REQUIRES_SHARED(mutex_);
  bool take_epoch(std::int32_t partition, protocol::LeaderEpoch epoch) REQUIRES(mutex_);

  mutable base::SharedMutex mutex_;
  std::int32_t partition_count_ GUARDED_BY(mutex_) = 0;
  std::map<std::int32_t, protocol::LeaderEpoch> epochs_ GUARDED_BY(mutex_);  // newest seen
  std::map<std::int32_t, protocol::LeaderEpoch> loading_ GUARDED_BY(mutex_);
  std::map<std::int32_t, Groups> coordinated_ GUARDED_BY(mutex_);
};

}  // namespace odradek::group
