// GroupCoordinator: answers what members of the groups that this broker coordinates ask; one lock
// per group.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "server/group/rebalance.h"
#include "server/group/types.h"

namespace odradek::group {

struct CoordinatorOptions {
  std::int32_t min_session_timeout_ms = 6000;
  std::int32_t max_session_timeout_ms = 1800000;
  std::int64_t initial_rebalance_delay_ms = 3000;
  std::int32_t max_size = 2147483647;
};

// The partition of __consumer_offsets whose leader coordinates the group: Java's hash of the name
// (wire-api.md §9).
std::int32_t partition_of_group(std::string_view group_id, std::int32_t partition_count);

// Safe from any thread. Callbacks run on the caller's or a timer's thread, never under a lock.
class GroupCoordinator {
 public:
  GroupCoordinator(const CoordinatorOptions& options, const base::Clock& clock,
                   ScheduleAfter schedule);

  // Leadership of __consumer_offsets: the count of its partitions, and which of them this broker
  // leads.
  void set_partition_count(std::int32_t count) EXCLUDES(mutex_);
  std::int32_t partition_count() const EXCLUDES(mutex_);
  // Between the two the groups of the partition answer COORDINATOR_LOAD_IN_PROGRESS. `known_groups`
  // have committed offsets but no members: they are shown as Empty.
  void start_loading(std::int32_t partition) EXCLUDES(mutex_);
  void start_coordinating(std::int32_t partition, const std::vector<std::string>& known_groups)
      EXCLUDES(mutex_);
  void stop_coordinating(std::int32_t partition) EXCLUDES(mutex_);
  // Coordinates nothing any more; members that wait are told so.
  void stop() EXCLUDES(mutex_);
  // kNone where this broker coordinates the group.
  ErrorCode check_coordinator(const std::string& group_id) const EXCLUDES(mutex_);

  void join(const JoinRequest& request, JoinCallback callback);
  void sync(const SyncRequest& request, SyncCallback callback);
  ErrorCode heartbeat(const MemberIdentity& identity);
  // One error per member, in their order; the first value is the error of the whole request.
  std::pair<ErrorCode, std::vector<ErrorCode>> leave(const std::string& group_id,
                                                     const std::vector<LeavingMember>& members);
  // Whether this member may commit offsets now; a commit counts as a heartbeat.
  ErrorCode check_commit(const MemberIdentity& identity);

  GroupDescription describe(const std::string& group_id);
  std::vector<GroupOverview> list();

 private:
  GroupEntryPtr find(const std::string& group_id) const EXCLUDES(mutex_);
  GroupEntryPtr find_or_create(const std::string& group_id) EXCLUDES(mutex_);
  GroupEntryPtr find_for_join(const JoinRequest& request) EXCLUDES(mutex_);
  ErrorCode check_join(const JoinRequest& request) const;
  void join_as_unknown(const GroupEntryPtr& entry, const JoinRequest& request,
                       JoinCallback& callback, Completions& done) REQUIRES(entry->mutex);
  void join_as_known(const GroupEntryPtr& entry, const JoinRequest& request, JoinCallback& callback,
                     Completions& done) REQUIRES(entry->mutex);
  void sync_in_generation(const GroupEntryPtr& entry, const SyncRequest& request,
                          SyncCallback& callback, Completions& done) REQUIRES(entry->mutex);
  ErrorCode leave_one(const GroupEntryPtr& entry, const LeavingMember& leaving, Completions& done)
      REQUIRES(entry->mutex);

  const CoordinatorOptions options_;
  const Rebalance rebalance_;
  mutable base::SharedMutex mutex_;
  std::int32_t partition_count_ GUARDED_BY(mutex_) = 0;
  std::set<std::int32_t> loading_ GUARDED_BY(mutex_);
  // By partition of __consumer_offsets that this broker leads, then by group id.
  std::map<std::int32_t, std::map<std::string, GroupEntryPtr>> coordinated_ GUARDED_BY(mutex_);
};

}  // namespace odradek::group
