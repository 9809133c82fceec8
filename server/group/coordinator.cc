#include "server/group/coordinator.h"

#include <algorithm>

#include "base/log.h"
#include "base/uuid.h"
#include "server/group/member_checks.h"

namespace odradek::group {
namespace {

JoinResult join_error(ErrorCode error, const std::string& member_id) {
  JoinResult result;
  result.error = error;
  result.member_id = member_id;
  return result;
}

// "client-id-3f2a…", the id of a member that brought none; a static one is named after its
// instance.
std::string make_member_id(const JoinRequest& request) {
  base::Uuid id = base::Uuid::random(false);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text = request.instance_id.value_or(request.client_id) + "-";
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[id.bytes[i] >> 4];
    text += kHex[id.bytes[i] & 0xf];
  }
  return text;
}

// Whether the group can take a member like this at all.
ErrorCode check_group(const Group& group, const JoinRequest& request, std::int32_t max_size) {
  if (group.state() == GroupState::kDead) return ErrorCode::kCoordinatorNotAvailable;
  if (!group.supports(request.protocol_type, request.protocols)) {
    return ErrorCode::kInconsistentGroupProtocol;
  }
  bool has_place = group.has_member(request.member_id) || group.has_pending(request.member_id) ||
                   (request.instance_id && group.member_of_instance(*request.instance_id));
  bool is_full = group.size_with_pending() >= static_cast<std::size_t>(max_size);
  return is_full && !has_place ? ErrorCode::kGroupMaxSizeReached : ErrorCode::kNone;
}

void answer_current_generation(const Group& group, const Member& member, JoinCallback& callback,
                               Completions& done) {
  JoinResult result;
  result.generation = group.generation();
  result.protocol_type = group.protocol_type();
  result.protocol_name = group.protocol_name();
  result.leader_id = group.leader_id();
  result.member_id = member.id;
  if (member.id == group.leader_id() && group.state() == GroupState::kCompletingRebalance) {
    result.members = group.members_for_leader();
  }
  done.push_back([callback = std::move(callback), result = std::move(result)]() mutable {
    callback(std::move(result));
  });
}

}  // namespace

GroupCoordinator::GroupCoordinator(const CoordinatorOptions& options, const base::Clock& clock,
                                   ScheduleAfter schedule, GroupTable& table, GroupLog& log)
    : options_(options),
      clock_(clock),
      rebalance_(options.initial_rebalance_delay_ms, clock, std::move(schedule), log),
      table_(table) {}

void GroupCoordinator::loaded(const std::vector<GroupEntryPtr>& groups) {
  for (const GroupEntryPtr& entry : groups) {
    Completions done;
    {
      base::MutexLock lock(entry->mutex);
      if (entry->group.state() == GroupState::kDead) continue;
      rebalance_.restored(entry, options_.max_size, done);
    }
    run(done);
  }
}

void GroupCoordinator::unloaded(const std::vector<GroupEntryPtr>& groups) {
  Completions done;
  for (const GroupEntryPtr& entry : groups) {
    base::MutexLock lock(entry->mutex);
    entry->group.transition_to(GroupState::kDead, clock_.wall_ms());
    for (auto& [member_id, member] : entry->group.members()) {
      if (member.awaiting_join) {
        done.push_back([callback = std::exchange(member.awaiting_join, nullptr), id = member.id] {
          callback(join_error(ErrorCode::kNotCoordinator, id));
        });
      }
      if (member.awaiting_sync) {
        done.push_back([callback = std::exchange(member.awaiting_sync, nullptr)] {
          callback(SyncResult{.error = ErrorCode::kNotCoordinator});
        });
      }
    }
  }
  run(done);
}

void GroupCoordinator::stop() {
  for (std::int32_t partition : table_.partitions()) {
    unloaded(table_.remove_partition(partition, std::nullopt));
  }
}

ErrorCode GroupCoordinator::check_join(const JoinRequest& request) const {
  if (request.group_id.empty()) return ErrorCode::kInvalidGroupId;
  ErrorCode error = table_.check(request.group_id);
  if (error != ErrorCode::kNone) return error;
  if (request.session_timeout_ms < options_.min_session_timeout_ms ||
      request.session_timeout_ms > options_.max_session_timeout_ms) {
    return ErrorCode::kInvalidSessionTimeout;
  }
  return ErrorCode::kNone;
}

void GroupCoordinator::join(const JoinRequest& request, JoinCallback callback) {
  ErrorCode error = check_join(request);
  if (error != ErrorCode::kNone) return callback(join_error(error, request.member_id));
  bool is_unknown = request.member_id.empty();
  // A member that has an id got it here: its group exists.
  GroupEntryPtr entry =
      is_unknown ? table_.find_or_create(request.group_id) : table_.find(request.group_id);
  if (entry == nullptr) {
    return callback(join_error(
        is_unknown ? ErrorCode::kNotCoordinator : ErrorCode::kUnknownMemberId, request.member_id));
  }
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    error = check_group(entry->group, request, options_.max_size);
    if (error == ErrorCode::kNone && is_unknown) {
      join_as_unknown(entry, request, callback, done);
    } else if (error == ErrorCode::kNone) {
      join_as_known(entry, request, callback, done);
    }
  }
  if (error != ErrorCode::kNone) return callback(join_error(error, request.member_id));
  run(done);
}

void GroupCoordinator::join_as_unknown(const GroupEntryPtr& entry, const JoinRequest& request,
                                       JoinCallback& callback, Completions& done) {
  std::string member_id = make_member_id(request);
  if (request.instance_id && entry->group.member_of_instance(*request.instance_id)) {
    rebalance_.replace_static_member(entry, request, member_id, std::move(callback), done);
  } else if (request.requires_known_member_id && !request.instance_id) {
    rebalance_.add_pending(entry, member_id, request.session_timeout_ms);
    done.push_back([callback = std::move(callback), member_id] {
      callback(join_error(ErrorCode::kMemberIdRequired, member_id));
    });
  } else {
    rebalance_.add_member(entry, request, member_id, std::move(callback), done);
  }
}

void GroupCoordinator::join_as_known(const GroupEntryPtr& entry, const JoinRequest& request,
                                     JoinCallback& callback, Completions& done) {
  Group& group = entry->group;
  if (group.has_pending(request.member_id)) {
    rebalance_.add_member(entry, request, request.member_id, std::move(callback), done);
    return;
  }
  ErrorCode error = check_instance(group, request.member_id, request.instance_id);
  Member* member = group.member(request.member_id);
  if (error == ErrorCode::kNone && member == nullptr) error = ErrorCode::kUnknownMemberId;
  if (error != ErrorCode::kNone) {
    done.push_back([callback = std::move(callback), error, id = request.member_id] {
      callback(join_error(error, id));
    });
    return;
  }
  bool is_unchanged = member->protocols == request.protocols;
  bool is_leader = member->id == group.leader_id();
  if ((group.state() == GroupState::kCompletingRebalance && is_unchanged) ||
      (group.state() == GroupState::kStable && is_unchanged && !is_leader)) {
    rebalance_.touch(*member);
    answer_current_generation(group, *member, callback, done);
    return;
  }
  rebalance_.update_member(entry, *member, request, std::move(callback), done);
}

void GroupCoordinator::sync(const SyncRequest& request, SyncCallback callback) {
  ErrorCode error =
      request.group_id.empty() ? ErrorCode::kInvalidGroupId : table_.check(request.group_id);
  // What the generation had agreed on is lost: its members begin again with JoinGroup.
  if (error == ErrorCode::kCoordinatorLoadInProgress) error = ErrorCode::kRebalanceInProgress;
  GroupEntryPtr entry = table_.find(request.group_id);
  if (error == ErrorCode::kNone && entry == nullptr) error = ErrorCode::kUnknownMemberId;
  if (error != ErrorCode::kNone) return callback(SyncResult{.error = error});
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    error = check_sync(entry->group, request);
    if (error == ErrorCode::kNone) sync_in_generation(entry, request, callback, done);
  }
  if (error != ErrorCode::kNone) return callback(SyncResult{.error = error});
  run(done);
}

void GroupCoordinator::sync_in_generation(const GroupEntryPtr& entry, const SyncRequest& request,
                                          SyncCallback& callback, Completions& done) {
  Group& group = entry->group;
  Member& member = *group.member(request.member_id);
  auto answer = [&](SyncResult result) {
    done.push_back([callback = std::move(callback), result = std::move(result)]() mutable {
      callback(std::move(result));
    });
  };
  switch (group.state()) {
    case GroupState::kEmpty:
    case GroupState::kDead:
      return answer(SyncResult{.error = ErrorCode::kUnknownMemberId});
    case GroupState::kPreparingRebalance:
      return answer(SyncResult{.error = ErrorCode::kRebalanceInProgress});
    case GroupState::kCompletingRebalance:
      group.pending_syncs.erase(request.member_id);
      if (auto earlier = std::exchange(member.awaiting_sync, std::move(callback))) {
        done.push_back([earlier = std::move(earlier)] {
          earlier(SyncResult{.error = ErrorCode::kRebalanceInProgress});
        });
      }
      if (request.member_id == group.leader_id()) rebalance_.assign(entry, request, done);
      return;
    case GroupState::kStable:
      group.pending_syncs.erase(request.member_id);
      rebalance_.touch(member);
      return answer(SyncResult{.protocol_type = group.protocol_type(),
                               .protocol_name = group.protocol_name(),
                               .assignment = member.assignment});
  }
}

ErrorCode GroupCoordinator::heartbeat(const MemberIdentity& identity) {
  if (identity.group_id.empty()) return ErrorCode::kInvalidGroupId;
  ErrorCode error = table_.check(identity.group_id);
  // Nobody is given up for what this broker does not know yet.
  if (error == ErrorCode::kCoordinatorLoadInProgress) return ErrorCode::kNone;
  if (error != ErrorCode::kNone) return error;
  GroupEntryPtr entry = table_.find(identity.group_id);
  if (entry == nullptr) return ErrorCode::kUnknownMemberId;
  base::MutexLock lock(entry->mutex);
  Group& group = entry->group;
  if (group.state() == GroupState::kDead) return ErrorCode::kCoordinatorNotAvailable;
  error = check_member(group, identity);
  if (error != ErrorCode::kNone) return error;
  rebalance_.touch(*group.member(identity.member_id));
  return group.state() == GroupState::kPreparingRebalance ? ErrorCode::kRebalanceInProgress
                                                          : ErrorCode::kNone;
}

std::pair<ErrorCode, std::vector<ErrorCode>> GroupCoordinator::leave(
    const std::string& group_id, const std::vector<LeavingMember>& members) {
  ErrorCode error = group_id.empty() ? ErrorCode::kInvalidGroupId : table_.check(group_id);
  if (error != ErrorCode::kNone) return {error, {}};
  GroupEntryPtr entry = table_.find(group_id);
  if (entry == nullptr) {
    return {ErrorCode::kNone, std::vector<ErrorCode>(members.size(), ErrorCode::kUnknownMemberId)};
  }
  Completions done;
  std::vector<ErrorCode> errors;
  {
    base::MutexLock lock(entry->mutex);
    if (entry->group.state() == GroupState::kDead) {
      return {ErrorCode::kCoordinatorNotAvailable, {}};
    }
    for (const LeavingMember& leaving : members) errors.push_back(leave_one(entry, leaving, done));
  }
  run(done);
  return {ErrorCode::kNone, std::move(errors)};
}

ErrorCode GroupCoordinator::leave_one(const GroupEntryPtr& entry, const LeavingMember& leaving,
                                      Completions& done) {
  Group& group = entry->group;
  std::string id = leaving.member_id;
  if (leaving.instance_id) {
    const std::string* current = group.member_of_instance(*leaving.instance_id);
    if (current == nullptr) return ErrorCode::kUnknownMemberId;
    // An administrator removes a static member by its instance alone.
    if (!id.empty() && id != *current) return ErrorCode::kFencedInstanceId;
    id = *current;
  }
  if (group.has_pending(id)) {
    rebalance_.remove_pending(entry, id, done);
    return ErrorCode::kNone;
  }
  if (!group.has_member(id)) return ErrorCode::kUnknownMemberId;
  rebalance_.remove_member(entry, id, "it asked to", done);
  return ErrorCode::kNone;
}

GroupDescription GroupCoordinator::describe(const std::string& group_id) {
  ErrorCode error = table_.check(group_id);
  if (error != ErrorCode::kNone) return {.error = error};
  GroupEntryPtr entry = table_.find(group_id);
  if (entry == nullptr) return {.state = std::string(state_name(GroupState::kDead))};
  base::MutexLock lock(entry->mutex);
  return entry->group.describe();
}

std::vector<GroupOverview> GroupCoordinator::list() {
  std::vector<GroupEntryPtr> entries = table_.all();
  std::vector<GroupOverview> overviews;
  overviews.reserve(entries.size());
  for (const GroupEntryPtr& entry : entries) {
    base::MutexLock lock(entry->mutex);
    overviews.push_back({.group_id = entry->id,
                         .protocol_type = entry->group.protocol_type().value_or(""),
                         .state = std::string(state_name(entry->group.state()))});
  }
  return overviews;
}

}  // namespace odradek::group
