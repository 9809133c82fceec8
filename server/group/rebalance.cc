#include "server/group/rebalance.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace odradek::group {
namespace {

// A member that waits for its first generation may wait longer than its session timeout, as
// upstream allows.
constexpr std::int64_t kNewMemberJoinTimeoutMs = 5 * 60 * 1000;

void answer_join(Member& member, JoinResult result, Completions& done) {
  if (!member.awaiting_join) return;
  done.push_back([callback = std::exchange(member.awaiting_join, nullptr),
                  result = std::move(result)]() mutable { callback(std::move(result)); });
}

void answer_sync(Member& member, SyncResult result, Completions& done) {
  if (!member.awaiting_sync) return;
  done.push_back([callback = std::exchange(member.awaiting_sync, nullptr),
                  result = std::move(result)]() mutable { callback(std::move(result)); });
}

JoinResult join_error(ErrorCode error, std::string member_id) {
  JoinResult result;
  result.error = error;
  result.member_id = std::move(member_id);
  return result;
}

void take_over(Member& member, const JoinRequest& request, JoinCallback callback,
               Completions& done) {
  answer_join(member, join_error(ErrorCode::kRebalanceInProgress, member.id), done);
  member.protocols = request.protocols;
  member.session_timeout_ms = request.session_timeout_ms;
  member.rebalance_timeout_ms = request.rebalance_timeout_ms;
  member.client_id = request.client_id;
  member.client_host = request.client_host;
  member.awaiting_join = std::move(callback);
}

// What the client is told when the group could not be written.
ErrorCode store_error(ErrorCode error) {
  switch (error) {
    case ErrorCode::kRequestTimedOut:
      return ErrorCode::kRebalanceInProgress;
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
      return ErrorCode::kUnknownServerError;
    default:
      return error_of_write(error);
  }
}

}  // namespace

void run(Completions& done) {
  for (auto& completion : done) completion();
  done.clear();
}

Rebalance::Rebalance(std::int64_t initial_delay_ms, const base::Clock& clock,
                     ScheduleAfter schedule, GroupLog& log)
    : initial_delay_ms_(initial_delay_ms),
      clock_(clock),
      schedule_(std::move(schedule)),
      log_(log) {}

void Rebalance::add_member(const GroupEntryPtr& entry, const JoinRequest& request,
                           std::string member_id, JoinCallback callback, Completions& done) const {
  Group& group = entry->group;
  Member member;
  member.id = member_id;
  member.instance_id = request.instance_id;
  take_over(member, request, std::move(callback), done);
  member.is_new = true;
  touch(member);
  if (group.members().empty()) group.set_protocol_type(request.protocol_type);
  bool has_timer = group.has_pending(member_id);  // its session timer goes on as the member's
  group.add_member(std::move(member));
  group.member_added_while_waiting = true;
  if (!has_timer) set_session_timer(entry, member_id, request.session_timeout_ms);
  prepare_if_possible(entry, "member " + member_id + " joins", done);
}

void Rebalance::update_member(const GroupEntryPtr& entry, Member& member,
                              const JoinRequest& request, JoinCallback callback,
                              Completions& done) const {
  take_over(member, request, std::move(callback), done);
  touch(member);
  prepare_if_possible(entry, "member " + member.id + " rejoins", done);
}

void Rebalance::replace_static_member(const GroupEntryPtr& entry, const JoinRequest& request,
                                      const std::string& new_id, JoinCallback callback,
                                      Completions& done) const {
  Group& group = entry->group;
  const std::string old_id = *group.member_of_instance(*request.instance_id);
  const std::string old_leader = group.leader_id();
  Member& old_member = *group.member(old_id);
  answer_join(old_member, join_error(ErrorCode::kFencedInstanceId, old_id), done);
  answer_sync(old_member, SyncResult{.error = ErrorCode::kFencedInstanceId}, done);
  bool must_sync = group.pending_syncs.erase(old_id) > 0;
  const Member former = old_member;

  Member& member = group.replace_static_member(*request.instance_id, new_id);
  if (must_sync) group.pending_syncs.insert(new_id);
  take_over(member, request, std::move(callback), done);
  touch(member);
  set_session_timer(entry, new_id, member.session_timeout_ms);
  LOG(INFO) << "[group " << group.id() << "] static member " << *request.instance_id
            << " came back: " << old_id << " is now " << new_id;

  if (group.state() != GroupState::kStable ||
      group.select_protocol() != group.protocol_name().value_or("")) {
    prepare_if_possible(entry, "static member " + new_id + " rejoins with other protocols", done);
    return;
  }
  bool leads = group.leader_id() == new_id;
  bool skips = leads && request.supports_skipping_assignment;
  JoinResult result;
  result.generation = group.generation();
  result.protocol_type = group.protocol_type();
  result.protocol_name = group.protocol_name();
  // An old client that is told it leads would assign again: it is told the former leader's id
  // instead.
  result.leader_id = request.supports_skipping_assignment ? group.leader_id() : old_leader;
  result.skip_assignment = skips;
  result.member_id = new_id;
  if (skips) result.members = group.members_for_leader();
  store(
      entry, group.assignments(),
      [this, entry, former, result = std::move(result)](ErrorCode error) {
        on_replacement_stored(entry, former, result, error);
      },
      done);
}

void Rebalance::on_replacement_stored(const GroupEntryPtr& entry, const Member& former,
                                      const JoinResult& result, ErrorCode error) const {
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    Member* member = group.member(result.member_id);
    if (member == nullptr) return;  // and whoever removed it has answered
    if (error == ErrorCode::kNone) {
      answer_join(*member, result, done);
    } else {
      LOG(WARNING) << "[group " << group.id() << "] the new id of static member "
                   << *former.instance_id
                   << " cannot be written to the log: " << protocol::error_name(error);
      JoinResult refusal = join_error(error, "");
      refusal.generation = group.generation();
      refusal.protocol_type = group.protocol_type();
      refusal.protocol_name = group.protocol_name();
      refusal.leader_id = result.leader_id;
      answer_join(*member, std::move(refusal), done);
      Member& restored = group.replace_static_member(*former.instance_id, former.id);
      restored.protocols = former.protocols;
      restored.session_timeout_ms = former.session_timeout_ms;
      restored.rebalance_timeout_ms = former.rebalance_timeout_ms;
      touch(restored);
      set_session_timer(entry, former.id, restored.session_timeout_ms);
    }
  }
  run(done);
}

void Rebalance::add_pending(const GroupEntryPtr& entry, const std::string& member_id,
                            std::int64_t session_timeout_ms) const {
  entry->group.add_pending(member_id);
  set_session_timer(entry, member_id, session_timeout_ms);
}

void Rebalance::remove_pending(const GroupEntryPtr& entry, const std::string& member_id,
                               Completions& done) const {
  entry->group.remove_pending(member_id);
  if (entry->group.state() == GroupState::kPreparingRebalance) try_complete_join(entry, done);
}

void Rebalance::remove_member(const GroupEntryPtr& entry, const std::string& member_id,
                              const std::string& reason, Completions& done) const {
  Group& group = entry->group;
  Member* member = group.member(member_id);
  if (member == nullptr) return;
  LOG(INFO) << "[group " << group.id() << "] member " << member_id << " leaves: " << reason;
  answer_join(*member, join_error(ErrorCode::kUnknownMemberId, member_id), done);
  answer_sync(*member, SyncResult{.error = ErrorCode::kUnknownMemberId}, done);
  group.remove_member(member_id);
  switch (group.state()) {
    case GroupState::kStable:
    case GroupState::kCompletingRebalance:
      prepare(entry, "member " + member_id + " left: " + reason, done);
      break;
    case GroupState::kPreparingRebalance:
      try_complete_join(entry, done);
      break;
    case GroupState::kEmpty:
    case GroupState::kDead:
      break;
  }
}

void Rebalance::store(const GroupEntryPtr& entry, const Assignments& assignments,
                      std::function<void(ErrorCode)> callback, Completions& done) const {
  Group& group = entry->group;
  log_.enqueue(
      entry->partition,
      {metadata_record(group.id(), group.metadata(assignments), log_.between_brokers())},
      [callback = std::move(callback)](Written written) { callback(store_error(written.error)); });
  done.push_back([this, partition = entry->partition] { log_.flush(partition); });
}

void Rebalance::assign(const GroupEntryPtr& entry, const SyncRequest& request,
                       Completions& done) const {
  Group& group = entry->group;
  Assignments assignments;
  for (const auto& [id, member] : group.members()) assignments[id] = {};
  for (const auto& [id, assignment] : request.assignments) {
    if (group.has_member(id)) assignments[id] = assignment;
  }
  store(
      entry, assignments,
      [this, entry, generation = group.generation(), assignments](ErrorCode error) {
        on_assignment_stored(entry, generation, assignments, error);
      },
      done);
}

void Rebalance::on_assignment_stored(const GroupEntryPtr& entry, std::int32_t generation,
                                     const Assignments& assignments, ErrorCode error) const {
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    // Somebody may have joined or left while the log was written: then this is over.
    if (group.state() != GroupState::kCompletingRebalance || group.generation() != generation) {
      return;
    }
    if (error == ErrorCode::kNone) {
      propagate(group, assignments, done);
    } else {
      for (auto& [id, member] : group.members()) {
        answer_sync(member, SyncResult{.error = error}, done);
      }
      prepare(entry,
              "the assignment cannot be written to the log: " +
                  std::string(protocol::error_name(error)),
              done);
    }
  }
  run(done);
}

void Rebalance::propagate(Group& group, const Assignments& assignments, Completions& done) const {
  group.transition_to(GroupState::kStable, clock_.wall_ms());
  LOG(INFO) << "[group " << group.id() << "] generation " << group.generation() << ": "
            << group.members().size() << " members have the assignment of leader "
            << group.leader_id();
  for (auto& [id, member] : group.members()) {
    auto assignment = assignments.find(id);
    member.assignment = assignment == assignments.end() ? base::Bytes() : assignment->second;
    if (!member.awaiting_sync) continue;
    touch(member);
    answer_sync(member,
                SyncResult{.protocol_type = group.protocol_type(),
                           .protocol_name = group.protocol_name(),
                           .assignment = member.assignment},
                done);
  }
}

void Rebalance::restored(const GroupEntryPtr& entry, std::int32_t max_size,
                         Completions& done) const {
  Group& group = entry->group;
  for (auto& [id, member] : group.members()) {
    touch(member);
    set_session_timer(entry, id, member.session_timeout_ms);
  }
  if (group.members().size() > static_cast<std::size_t>(max_size)) {
    prepare(entry,
            "it has more members than group.max.size, " + std::to_string(max_size) + ", allows",
            done);
  }
}

void Rebalance::prepare_if_possible(const GroupEntryPtr& entry, const std::string& reason,
                                    Completions& done) const {
  switch (entry->group.state()) {
    case GroupState::kEmpty:
    case GroupState::kStable:
    case GroupState::kCompletingRebalance:
      prepare(entry, reason, done);
      break;
    case GroupState::kPreparingRebalance:
      try_complete_join(entry, done);
      break;
    case GroupState::kDead:
      break;
  }
}

void Rebalance::prepare(const GroupEntryPtr& entry, const std::string& reason,
                        Completions& done) const {
  Group& group = entry->group;
  bool was_empty = group.state() == GroupState::kEmpty;
  if (group.state() == GroupState::kCompletingRebalance) {
    for (auto& [id, member] : group.members()) {
      member.assignment.clear();
      answer_sync(member, SyncResult{.error = ErrorCode::kRebalanceInProgress}, done);
    }
  }
  group.pending_syncs.clear();
  group.transition_to(GroupState::kPreparingRebalance, clock_.wall_ms());
  ++group.rebalance_round;
  LOG(INFO) << "[group " << group.id() << "] generation " << group.generation()
            << ": rebalance, because " << reason;
  std::int64_t rebalance_timeout_ms = group.rebalance_timeout_ms();
  if (was_empty) {
    std::int64_t delay_ms = std::min(initial_delay_ms_, rebalance_timeout_ms);
    group.in_initial_delay = true;
    group.member_added_while_waiting = false;
    group.initial_delay_remaining_ms = rebalance_timeout_ms - delay_ms;
    set_join_timer(entry, delay_ms);
    return;
  }
  group.in_initial_delay = false;
  set_join_timer(entry, rebalance_timeout_ms);
  try_complete_join(entry, done);
}

void Rebalance::try_complete_join(const GroupEntryPtr& entry, Completions& done) const {
  if (!entry->group.in_initial_delay && entry->group.all_members_joined()) {
    complete_join(entry, done);
  }
}

void Rebalance::drop_members_not_rejoined(Group& group) const {
  std::vector<std::string> gone;
  for (const auto& [id, member] : group.members()) {
    if (!member.awaiting_join && !member.instance_id) gone.push_back(id);
  }
  for (const std::string& id : gone) {
    LOG(INFO) << "[group " << group.id() << "] member " << id
              << " is dropped: it did not rejoin within the rebalance timeout";
    group.remove_member(id);
  }
}

void Rebalance::complete_join(const GroupEntryPtr& entry, Completions& done) const {
  Group& group = entry->group;
  drop_members_not_rejoined(group);
  if (!group.members().empty() && !group.elect_joined_leader()) {
    set_join_timer(entry, group.rebalance_timeout_ms());  // only static members, none of them back
    return;
  }
  ++group.rebalance_round;
  group.start_next_generation(clock_.wall_ms());
  if (group.state() == GroupState::kEmpty) {
    LOG(INFO) << "[group " << group.id() << "] generation " << group.generation() << ": empty";
    // Without it the generation before would be taken for the newest, and soon time out.
    store(
        entry, {},
        [id = group.id()](ErrorCode error) {
          if (error == ErrorCode::kNone) return;
          LOG(WARNING) << "[group " << id << "] that it is empty cannot be written to the log: "
                       << protocol::error_name(error);
        },
        done);
    return;
  }
  for (auto& [id, member] : group.members()) {
    JoinResult result;
    result.generation = group.generation();
    result.protocol_type = group.protocol_type();
    result.protocol_name = group.protocol_name();
    result.leader_id = group.leader_id();
    result.member_id = id;
    if (id == group.leader_id()) result.members = group.members_for_leader();
    member.is_new = false;
    touch(member);
    answer_join(member, std::move(result), done);
    group.pending_syncs.insert(id);
  }
  set_sync_timer(entry);
}

void Rebalance::set_join_timer(const GroupEntryPtr& entry, std::int64_t delay_ms) const {
  schedule_(delay_ms,
            [this, entry, round = entry->group.rebalance_round] { on_join_timer(entry, round); });
}

void Rebalance::on_join_timer(const GroupEntryPtr& entry, std::uint64_t round) const {
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    if (group.state() != GroupState::kPreparingRebalance || group.rebalance_round != round) return;
    if (group.in_initial_delay && group.member_added_while_waiting &&
        group.initial_delay_remaining_ms > 0) {
      std::int64_t delay_ms = std::min(initial_delay_ms_, group.initial_delay_remaining_ms);
      group.member_added_while_waiting = false;
      group.initial_delay_remaining_ms -= delay_ms;
      set_join_timer(entry, delay_ms);
      return;
    }
    group.in_initial_delay = false;
    complete_join(entry, done);
  }
  run(done);
}

void Rebalance::set_session_timer(const GroupEntryPtr& entry, const std::string& member_id,
                                  std::int64_t delay_ms) const {
  schedule_(delay_ms, [this, entry, member_id] { on_session_timer(entry, member_id); });
}

void Rebalance::on_session_timer(const GroupEntryPtr& entry, const std::string& member_id) const {
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    if (group.has_pending(member_id)) {
      remove_pending(entry, member_id, done);
    } else if (Member* member = group.member(member_id)) {
      std::int64_t silent_ms = clock_.monotonic_ms() - member->last_seen_ms;
      bool parked = member->awaiting_join || member->awaiting_sync;
      if (member->is_new && silent_ms >= kNewMemberJoinTimeoutMs) {
        remove_member(entry, member_id, "no generation came about in time", done);
      } else if (member->is_new || parked) {
        set_session_timer(entry, member_id, member->session_timeout_ms);
      } else if (silent_ms >= member->session_timeout_ms) {
        remove_member(entry, member_id, "no heartbeat within its session timeout", done);
      } else {
        set_session_timer(entry, member_id, member->session_timeout_ms - silent_ms);
      }
    }
  }
  run(done);
}

void Rebalance::set_sync_timer(const GroupEntryPtr& entry) const {
  schedule_(
      entry->group.rebalance_timeout_ms(),
      [this, entry, generation = entry->group.generation()] { on_sync_timer(entry, generation); });
}

void Rebalance::on_sync_timer(const GroupEntryPtr& entry, std::int32_t generation) const {
  Completions done;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    bool is_current =
        group.generation() == generation &&
        (group.state() == GroupState::kCompletingRebalance || group.state() == GroupState::kStable);
    if (!is_current || group.pending_syncs.empty()) return;
    std::vector<std::string> late(group.pending_syncs.begin(), group.pending_syncs.end());
    for (const std::string& id : late) {
      remove_member(entry, id, "no SyncGroup within the rebalance timeout", done);
    }
  }
  run(done);
}

}  // namespace odradek::group
