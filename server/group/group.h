// Group: the members of one consumer group, their state, and the protocol they agree on; decides
// nothing about time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocol/internal/group_metadata.h"
#include "server/group/types.h"

namespace odradek::group {

enum class GroupState : std::uint8_t {
  kEmpty,
  kPreparingRebalance,
  kCompletingRebalance,
  kStable,
  kDead,
};

// As DescribeGroups and ListGroups spell it.
std::string_view state_name(GroupState state);

struct Member {
  std::string id;
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  std::vector<Protocol> protocols;
  base::Bytes assignment;
  bool is_new = false;
  std::int64_t last_seen_ms = 0;  // monotonic; the session ends session_timeout_ms after it
  JoinCallback awaiting_join;
  SyncCallback awaiting_sync;

  const base::Bytes& metadata_for(const std::string& protocol_name) const;
  bool has_protocol(const std::string& protocol_name) const;
};

// By member id.
using Assignments = std::map<std::string, base::Bytes>;

// Not thread-safe: whoever holds the group's lock owns it.
class Group {
 public:
  explicit Group(std::string id) : id_(std::move(id)) {}

  const std::string& id() const { return id_; }
  GroupState state() const { return state_; }
  std::int32_t generation() const { return generation_; }
  const std::string& leader_id() const { return leader_id_; }
  const std::optional<std::string>& protocol_type() const { return protocol_type_; }
  const std::optional<std::string>& protocol_name() const { return protocol_name_; }

  // When it came into its state, by the clock on the wall; -1 where the log does not say.
  std::int64_t state_since_ms() const { return state_since_ms_; }
  // Topics that the members subscribe to; nothing where they do not say it as consumers do.
  std::optional<std::set<std::string>> subscribed_topics() const;
  bool is_subscribed_to(const std::string& topic) const;

  // Only the transitions of the table in group.cc are allowed; any other is a bug of ours.
  void transition_to(GroupState next, std::int64_t now_ms);

  // What the log keeps of the group, with these assignments, one for every member.
  protocol::GroupMetadataValue metadata(const Assignments& assignments) const;
  Assignments assignments() const;
  // The group as the log kept it: Stable, or Empty without members.
  void restore(const protocol::GroupMetadataValue& metadata);

  bool has_member(const std::string& id) const { return members_.contains(id); }
  Member* member(const std::string& id);
  std::map<std::string, Member>& members() { return members_; }
  const std::map<std::string, Member>& members() const { return members_; }
  const std::string* member_of_instance(const std::string& instance_id) const;

  // The first member fixes the protocol type and leads.
  void add_member(Member member);
  // Hands a member's place, leadership included, to a new id of the same static instance.
  Member& replace_static_member(const std::string& instance_id, const std::string& new_id);
  void remove_member(const std::string& id);

  bool has_pending(const std::string& id) const { return pending_joins_.contains(id); }
  void add_pending(const std::string& id) { pending_joins_.insert(id); }
  void remove_pending(const std::string& id) { pending_joins_.erase(id); }
  const std::set<std::string>& pending_joins() const { return pending_joins_; }
  std::size_t size_with_pending() const { return members_.size() + pending_joins_.size(); }

  bool all_members_joined() const;
  // Every member names at least one protocol, of the group's type, that all others have too.
  bool supports(const std::string& protocol_type, const std::vector<Protocol>& protocols) const;
  // The protocol most members prefer among those that all of them have.
  std::string select_protocol() const;
  // Another leader among those who rejoined, when the present one did not; false when nobody did.
  bool elect_joined_leader();

  // generation + 1; CompletingRebalance with members, Empty without.
  void start_next_generation(std::int64_t now_ms);
  void set_protocol_type(const std::string& protocol_type);

  std::int32_t rebalance_timeout_ms() const;  // the longest of the members'
  std::vector<JoinedMember> members_for_leader() const;
  GroupDescription describe() const;

  std::set<std::string> pending_syncs;  // members of this generation that have not sent SyncGroup
  // The initial delay of a group that was empty: members that come while it runs prolong it, up to
  // the remainder.
  bool in_initial_delay = false;
  bool member_added_while_waiting = false;
  std::int64_t initial_delay_remaining_ms = 0;
  std::uint64_t rebalance_round = 0;  // tells a stale timer from the present one

 private:
  const std::string id_;
  GroupState state_ = GroupState::kEmpty;
  std::int64_t state_since_ms_ = -1;
  std::int32_t generation_ = 0;
  std::string leader_id_;
  std::optional<std::string> protocol_type_;
  std::optional<std::string> protocol_name_;
  std::map<std::string, Member> members_;
  std::unordered_map<std::string, std::string> static_members_;  // instance id to member id
  std::set<std::string> pending_joins_;
};

}  // namespace odradek::group
