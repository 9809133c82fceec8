// GroupCoordinator: answers what members of the groups that this broker coordinates ask; one lock
// per group.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/group/group_table.h"
#include "server/group/rebalance.h"
#include "server/group/types.h"

namespace odradek::group {

struct CoordinatorOptions {
  std::int32_t min_session_timeout_ms = 6000;
  std::int32_t max_session_timeout_ms = 1800000;
  std::int64_t initial_rebalance_delay_ms = 3000;
  std::int32_t max_size = 2147483647;
};

// Safe from any thread. Callbacks run on the caller's or a timer's thread, never under a lock.
class GroupCoordinator {
 public:
  GroupCoordinator(const CoordinatorOptions& options, const base::Clock& clock,
                   ScheduleAfter schedule, GroupTable& table, GroupLog& log);

  // These groups came from the log: their members are waited for.
  void loaded(const std::vector<GroupEntryPtr>& groups);
  // Another broker coordinates these groups; members that wait are told so.
  void unloaded(const std::vector<GroupEntryPtr>& groups);
  // Coordinates nothing any more.
  void stop();

  void join(const JoinRequest& request, JoinCallback callback);
  void sync(const SyncRequest& request, SyncCallback callback);
  ErrorCode heartbeat(const MemberIdentity& identity);
  // One error per member, in their order; the first value is the error of the whole request.
  std::pair<ErrorCode, std::vector<ErrorCode>> leave(const std::string& group_id,
                                                     const std::vector<LeavingMember>& members);

  GroupDescription describe(const std::string& group_id);
  std::vector<GroupOverview> list();

 private:
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
  const base::Clock& clock_;
  const Rebalance rebalance_;
  GroupTable& table_;
};

}  // namespace odradek::group
