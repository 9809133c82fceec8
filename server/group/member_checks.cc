#include "server/group/member_checks.h"

namespace odradek::group {

ErrorCode check_instance(const Group& group, const std::string& member_id,
                         const std::optional<std::string>& instance_id) {
  if (!instance_id) return ErrorCode::kNone;
  const std::string* current = group.member_of_instance(*instance_id);
  if (current == nullptr) return ErrorCode::kUnknownMemberId;
  return *current == member_id ? ErrorCode::kNone : ErrorCode::kFencedInstanceId;
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

ErrorCode check_commit(const Group& group, const MemberIdentity& identity) {
  if (group.state() == GroupState::kDead) return ErrorCode::kCoordinatorNotAvailable;
  if (identity.generation < 0 && group.state() == GroupState::kEmpty) return ErrorCode::kNone;
  ErrorCode error = check_member(group, identity);
  if (error != ErrorCode::kNone) return error;
  return group.state() == GroupState::kCompletingRebalance ? ErrorCode::kRebalanceInProgress
                                                           : ErrorCode::kNone;
}

}  // namespace odradek::group
