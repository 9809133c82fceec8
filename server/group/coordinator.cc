#include "server/group/coordinator.h"

#include <algorithm>

#include "base/log.h"
#include "base/uuid.h"

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

// What a static member's id must be checked for before anything else (KIP-345).
ErrorCode check_instance(const Group& group, const std::string& member_id,
                         const std::optional<std::string>& instance_id) {
  if (!instance_id) return ErrorCode::kNone;
  const std::string* current = group.member_of_instance(*instance_id);
  if (current == nullptr) return ErrorCode::kUnknownMemberId;
  return *current == member_id ? ErrorCode::kNone : ErrorCode::kFencedInstanceId;
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

ErrorCode check_member(const Group& group, const MemberIdentity& identity) {
  ErrorCode fenced = check_instance(group, identity.member_id, identity.instance_id);
  if (fenced != ErrorCode::kNone) return fenced;
  if (!group.has_member(identity.member_id)) return ErrorCode::kUnknownMemberId;
  if (identity.generation != group.generation()) return ErrorCode::kIllegalGeneration;
  return ErrorCode::kNone;
}

ErrorCode check_sync(const Group& group, const SyncRequest& request) {
  if (group.state() == GroupState::kDead) return ErrorCode::kCoordinatorNotAvailable;
  ErrorCode error = check_member(group, {.group_id = request.group_id,
                                         .generation = request.generation,
                                         .member_id = request.member_id,
                                         .instance_id = request.instance_id});
  if (error != ErrorCode::kNone) return error;
  bool other_type = request.protocol_type && request.protocol_type != group.protocol_type();
  bool other_name = request.protocol_name && request.protocol_name != group.protocol_name();
  return other_type || other_name ? ErrorCode::kInconsistentGroupProtocol : ErrorCode::kNone;
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

std::int32_t partition_of_group(std::string_view group_id, std::int32_t partition_count) {
  // Java hashes UTF-16 units; ids outside ASCII are decoded here just far enough for that.
  std::uint32_t hash = 0;
  auto add = [&hash](std::uint32_t unit) { hash = hash * 31 + unit; };
  for (std::size_t i = 0; i < group_id.size();) {
    auto lead = static_cast<unsigned char>(group_id[i]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < group_id.size(); ++k) {
      code = (code << 6) | (static_cast<unsigned char>(group_id[i + k]) & 0x3fu);
    }
    i += length;
    if (code >= 0x10000) {
      add(0xd800 + ((code - 0x10000) >> 10));
      add(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      add(code);
    }
  }
  auto positive = static_cast<std::int32_t>(hash & 0x7fffffffu);
  auto as_signed = static_cast<std::int32_t>(hash);
  // abs(), but Integer.MIN_VALUE counts as 0, as upstream has it.
  std::int32_t magnitude = as_signed >= 0 ? as_signed : positive == 0 ? 0 : -as_signed;
  return magnitude % partition_count;
}

GroupCoordinator::GroupCoordinator(const CoordinatorOptions& options, const base::Clock& clock,
                                   ScheduleAfter schedule)
    : options_(options),
      rebalance_(options.initial_rebalance_delay_ms, clock, std::move(schedule)) {}

void GroupCoordinator::set_partition_count(std::int32_t count) {
  base::WriteLock lock(mutex_);
  partition_count_ = count;
}

std::int32_t GroupCoordinator::partition_count() const {
  base::ReadLock lock(mutex_);
  return partition_count_;
}

void GroupCoordinator::start_loading(std::int32_t partition) {
  base::WriteLock lock(mutex_);
  if (!coordinated_.contains(partition)) loading_.insert(partition);
}

void GroupCoordinator::start_coordinating(std::int32_t partition,
                                          const std::vector<std::string>& known_groups) {
  base::WriteLock lock(mutex_);
  if (loading_.erase(partition) == 0) return;  // led by another broker meanwhile
  auto& groups = coordinated_[partition];
  for (const std::string& id : known_groups) {
    groups.try_emplace(id, std::make_shared<GroupEntry>(id));
  }
}

void GroupCoordinator::stop_coordinating(std::int32_t partition) {
  std::map<std::string, GroupEntryPtr> gone;
  {
    base::WriteLock lock(mutex_);
    loading_.erase(partition);
    auto found = coordinated_.find(partition);
    if (found == coordinated_.end()) return;
    gone = std::move(found->second);
    coordinated_.erase(found);
  }
  Completions done;
  for (auto& [id, entry] : gone) {
    base::MutexLock lock(entry->mutex);
    entry->group.transition_to(GroupState::kDead);
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
  std::vector<std::int32_t> partitions;
  {
    base::ReadLock lock(mutex_);
    for (const auto& [partition, groups] : coordinated_) partitions.push_back(partition);
  }
  for (std::int32_t partition : partitions) stop_coordinating(partition);
}

ErrorCode GroupCoordinator::check_coordinator(const std::string& group_id) const {
  base::ReadLock lock(mutex_);
  if (partition_count_ == 0) return ErrorCode::kNotCoordinator;
  std::int32_t partition = partition_of_group(group_id, partition_count_);
  if (loading_.contains(partition)) return ErrorCode::kCoordinatorLoadInProgress;
  return coordinated_.contains(partition) ? ErrorCode::kNone : ErrorCode::kNotCoordinator;
}

GroupEntryPtr GroupCoordinator::find(const std::string& group_id) const {
  base::ReadLock lock(mutex_);
  if (partition_count_ == 0) return nullptr;
  auto groups = coordinated_.find(partition_of_group(group_id, partition_count_));
  if (groups == coordinated_.end()) return nullptr;
  auto found = groups->second.find(group_id);
  return found == groups->second.end() ? nullptr : found->second;
}

GroupEntryPtr GroupCoordinator::find_or_create(const std::string& group_id) {
  if (GroupEntryPtr found = find(group_id)) return found;
  base::WriteLock lock(mutex_);
  if (partition_count_ == 0) return nullptr;
  auto groups = coordinated_.find(partition_of_group(group_id, partition_count_));
  if (groups == coordinated_.end()) return nullptr;
  return groups->second.try_emplace(group_id, std::make_shared<GroupEntry>(group_id)).first->second;
}

GroupEntryPtr GroupCoordinator::find_for_join(const JoinRequest& request) {
  // A member that has an id got it here: its group exists.
  return request.member_id.empty() ? find_or_create(request.group_id) : find(request.group_id);
}

ErrorCode GroupCoordinator::check_join(const JoinRequest& request) const {
  if (request.group_id.empty()) return ErrorCode::kInvalidGroupId;
  ErrorCode error = check_coordinator(request.group_id);
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
  GroupEntryPtr entry = find_for_join(request);
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
      request.group_id.empty() ? ErrorCode::kInvalidGroupId : check_coordinator(request.group_id);
  GroupEntryPtr entry = find(request.group_id);
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
  ErrorCode error = check_coordinator(identity.group_id);
  if (error != ErrorCode::kNone) return error;
  GroupEntryPtr entry = find(identity.group_id);
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
  ErrorCode error = group_id.empty() ? ErrorCode::kInvalidGroupId : check_coordinator(group_id);
  if (error != ErrorCode::kNone) return {error, {}};
  GroupEntryPtr entry = find(group_id);
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

ErrorCode GroupCoordinator::check_commit(const MemberIdentity& identity) {
  ErrorCode error = check_coordinator(identity.group_id);
  if (error != ErrorCode::kNone) return error;
  bool has_no_generation = identity.generation < 0;
  GroupEntryPtr entry =
      has_no_generation ? find_or_create(identity.group_id) : find(identity.group_id);
  if (entry == nullptr) {
    return has_no_generation ? ErrorCode::kNotCoordinator : ErrorCode::kIllegalGeneration;
  }
  base::MutexLock lock(entry->mutex);
  Group& group = entry->group;
  if (group.state() == GroupState::kDead) return ErrorCode::kCoordinatorNotAvailable;
  if (has_no_generation && group.state() == GroupState::kEmpty) return ErrorCode::kNone;
  error = check_member(group, identity);
  if (error != ErrorCode::kNone) return error;
  if (group.state() == GroupState::kCompletingRebalance) return ErrorCode::kRebalanceInProgress;
  rebalance_.touch(*group.member(identity.member_id));
  return ErrorCode::kNone;
}

GroupDescription GroupCoordinator::describe(const std::string& group_id) {
  ErrorCode error = check_coordinator(group_id);
  if (error != ErrorCode::kNone) return {.error = error};
  GroupEntryPtr entry = find(group_id);
  if (entry == nullptr) return {.state = std::string(state_name(GroupState::kDead))};
  base::MutexLock lock(entry->mutex);
  return entry->group.describe();
}

std::vector<GroupOverview> GroupCoordinator::list() {
  std::vector<GroupEntryPtr> entries;
  {
    base::ReadLock lock(mutex_);
    for (const auto& [partition, groups] : coordinated_) {
      for (const auto& [id, entry] : groups) entries.push_back(entry);
    }
  }
  std::vector<GroupOverview> overviews;
  overviews.reserve(entries.size());
  for (const GroupEntryPtr& entry : entries) {
    base::MutexLock lock(entry->mutex);
    overviews.push_back({.group_id = entry->group.id(),
                         .protocol_type = entry->group.protocol_type().value_or(""),
                         .state = std::string(state_name(entry->group.state()))});
  }
  return overviews;
}

}  // namespace odradek::group
