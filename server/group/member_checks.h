// Whether a member may do what it asks for: its id, its instance and its generation against the
// group's.
#pragma once

#include <optional>
#include <string>

#include "server/group/group.h"
#include "server/group/types.h"

namespace odradek::group {

// What a static member's id must be checked for before anything else (KIP-345).
ErrorCode check_instance(const Group& group, const std::string& member_id,
                         const std::optional<std::string>& instance_id);
ErrorCode check_member(const Group& group, const MemberIdentity& identity);
ErrorCode check_sync(const Group& group, const SyncRequest& request);
// Members commit in their generation; who is no member commits while there are none. What comes
// from a member counts as its heartbeat, which the caller notes.
ErrorCode check_commit(const Group& group, const MemberIdentity& identity);

}  // namespace odradek::group
