// Rebalance: moves a group's members through joining, syncing and expiring; every timer of a group
// is set here, and what another coordinator must know is written to the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/group/group_entry.h"
#include "server/group/group_log.h"
#include "server/group/types.h"

namespace odradek::group {

// Stateless but for its parts, so safe from any thread; each verb needs the entry's lock and adds
// to `done` what the caller runs after releasing it.
class Rebalance {
 public:
  Rebalance(std::int64_t initial_delay_ms, const base::Clock& clock, ScheduleAfter schedule,
            GroupLog& log);

  void add_member(const GroupEntryPtr& entry, const JoinRequest& request, std::string member_id,
                  JoinCallback callback, Completions& done) const REQUIRES(entry->mutex);
  void update_member(const GroupEntryPtr& entry, Member& member, const JoinRequest& request,
                     JoinCallback callback, Completions& done) const REQUIRES(entry->mutex);
  // A static member came back under a new id: keeps its place, without a rebalance where the
  // assignment still holds.
  void replace_static_member(const GroupEntryPtr& entry, const JoinRequest& request,
                             const std::string& new_id, JoinCallback callback,
                             Completions& done) const REQUIRES(entry->mutex);
  // Gives an id to a member that must come again with it, and forgets it after its session timeout.
  void add_pending(const GroupEntryPtr& entry, const std::string& member_id,
                   std::int64_t session_timeout_ms) const REQUIRES(entry->mutex);
  void remove_pending(const GroupEntryPtr& entry, const std::string& member_id,
                      Completions& done) const REQUIRES(entry->mutex);
  void remove_member(const GroupEntryPtr& entry, const std::string& member_id,
                     const std::string& reason, Completions& done) const REQUIRES(entry->mutex);
  // The leader's assignment: once the log has it, everybody who waits in SyncGroup gets their part.
  void assign(const GroupEntryPtr& entry, const SyncRequest& request, Completions& done) const
      REQUIRES(entry->mutex);
  void touch(Member& member) const { member.last_seen_ms = clock_.monotonic_ms(); }
  // The group came from the log: its members have a session timeout to be heard of. One that has
  // too many must find out who stays.
  void restored(const GroupEntryPtr& entry, std::int32_t max_size, Completions& done) const
      REQUIRES(entry->mutex);

 private:
  void prepare(const GroupEntryPtr& entry, const std::string& reason, Completions& done) const
      REQUIRES(entry->mutex);
  void prepare_if_possible(const GroupEntryPtr& entry, const std::string& reason,
                           Completions& done) const REQUIRES(entry->mutex);
  // Writes the group with these assignments to the log; the callback runs without the lock.
  void store(const GroupEntryPtr& entry, const Assignments& assignments,
             std::function<void(ErrorCode)> callback, Completions& done) const
      REQUIRES(entry->mutex);
  void on_assignment_stored(const GroupEntryPtr& entry, std::int32_t generation,
                            const Assignments& assignments, ErrorCode error) const;
  void on_replacement_stored(const GroupEntryPtr& entry, const Member& former,
                             const JoinResult& result, ErrorCode error) const;
  void propagate(Group& group, const Assignments& assignments, Completions& done) const;
  void try_complete_join(const GroupEntryPtr& entry, Completions& done) const
      REQUIRES(entry->mutex);
  void complete_join(const GroupEntryPtr& entry, Completions& done) const REQUIRES(entry->mutex);
  void drop_members_not_rejoined(Group& group) const;
  void set_join_timer(const GroupEntryPtr& entry, std::int64_t delay_ms) const
      REQUIRES(entry->mutex);
  void set_session_timer(const GroupEntryPtr& entry, const std::string& member_id,
                         std::int64_t delay_ms) const;
  void set_sync_timer(const GroupEntryPtr& entry) const REQUIRES(entry->mutex);

  void on_join_timer(const GroupEntryPtr& entry, std::uint64_t round) const;
  void on_session_timer(const GroupEntryPtr& entry, const std::string& member_id) const;
  void on_sync_timer(const GroupEntryPtr& entry, std::int32_t generation) const;

  const std::int64_t initial_delay_ms_;
  const base::Clock& clock_;
  const ScheduleAfter schedule_;
  GroupLog& log_;
};

void run(Completions& done);

}  // namespace odradek::group
