#include "server/group/group.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/messages/consumer_protocol.h"

namespace odradek::group {
namespace {

constexpr std::string_view kConsumerProtocol = "consumer";

bool is_allowed(GroupState from, GroupState to) {
  switch (to) {
    case GroupState::kDead:
      return true;
    case GroupState::kCompletingRebalance:
      return from == GroupState::kPreparingRebalance;
    case GroupState::kStable:
      return from == GroupState::kCompletingRebalance;
    case GroupState::kPreparingRebalance:
      return from == GroupState::kStable || from == GroupState::kCompletingRebalance ||
             from == GroupState::kEmpty;
    case GroupState::kEmpty:
      return from == GroupState::kPreparingRebalance;
  }
  return false;
}

}  // namespace

std::string_view state_name(GroupState state) {
  switch (state) {
    case GroupState::kEmpty:
      return "Empty";
    case GroupState::kPreparingRebalance:
      return "PreparingRebalance";
    case GroupState::kCompletingRebalance:
      return "CompletingRebalance";
    case GroupState::kStable:
      return "Stable";
    case GroupState::kDead:
      return "Dead";
  }
  return "Dead";
}

const base::Bytes& Member::metadata_for(const std::string& protocol_name) const {
  static const base::Bytes kNothing;
  for (const Protocol& protocol : protocols) {
    if (protocol.name == protocol_name) return protocol.metadata;
  }
  return kNothing;
}

bool Member::has_protocol(const std::string& protocol_name) const {
  return std::any_of(protocols.begin(), protocols.end(),
                     [&](const Protocol& protocol) { return protocol.name == protocol_name; });
}

void Group::transition_to(GroupState next, std::int64_t now_ms) {
  CHECK(is_allowed(state_, next)) << "group " << id_ << ": " << state_name(state_)
                                  << " cannot become " << state_name(next);
  VLOG(1) << "group " << id_ << ": " << state_name(state_) << " -> " << state_name(next);
  state_ = next;
  state_since_ms_ = now_ms;
}

Member* Group::member(const std::string& id) {
  auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

const std::string* Group::member_of_instance(const std::string& instance_id) const {
  auto found = static_members_.find(instance_id);
  return found == static_members_.end() ? nullptr : &found->second;
}

void Group::add_member(Member member) {
  if (member.instance_id) static_members_[*member.instance_id] = member.id;
  pending_joins_.erase(member.id);
  if (leader_id_.empty()) leader_id_ = member.id;
  std::string id = member.id;
  members_.insert_or_assign(std::move(id), std::move(member));
}

Member& Group::replace_static_member(const std::string& instance_id, const std::string& new_id) {
  auto node = members_.extract(static_members_.at(instance_id));
  if (leader_id_ == node.key()) leader_id_ = new_id;
  node.key() = new_id;
  node.mapped().id = new_id;
  static_members_[instance_id] = new_id;
  return members_.insert(std::move(node)).position->second;
}

void Group::remove_member(const std::string& id) {
  auto found = members_.find(id);
  if (found == members_.end()) return;
  if (found->second.instance_id) static_members_.erase(*found->second.instance_id);
  members_.erase(found);
  pending_syncs.erase(id);
  if (leader_id_ == id) leader_id_ = members_.empty() ? "" : members_.begin()->first;
}

bool Group::all_members_joined() const {
  return pending_joins_.empty() &&
         std::all_of(members_.begin(), members_.end(),
                     [](const auto& entry) { return entry.second.awaiting_join != nullptr; });
}

bool Group::supports(const std::string& protocol_type,
                     const std::vector<Protocol>& protocols) const {
  if (members_.empty()) return !protocol_type.empty() && !protocols.empty();
  if (protocol_type_ != protocol_type) return false;
  return std::any_of(protocols.begin(), protocols.end(), [&](const Protocol& protocol) {
    return std::all_of(members_.begin(), members_.end(),
                       [&](const auto& entry) { return entry.second.has_protocol(protocol.name); });
  });
}

std::string Group::select_protocol() const {
  std::map<std::string, int> votes;
  auto everybody_has = [&](const std::string& name) {
    return std::all_of(members_.begin(), members_.end(),
                       [&](const auto& entry) { return entry.second.has_protocol(name); });
  };
  for (const auto& [id, member] : members_) {
    auto first =
        std::find_if(member.protocols.begin(), member.protocols.end(),
                     [&](const Protocol& protocol) { return everybody_has(protocol.name); });
    if (first != member.protocols.end()) ++votes[first->name];
  }
  auto best = std::max_element(votes.begin(), votes.end(), [](const auto& left, const auto& right) {
    return left.second < right.second;
  });
  return best == votes.end() ? "" : best->first;
}

bool Group::elect_joined_leader() {
  Member* leader = member(leader_id_);
  if (leader != nullptr && leader->awaiting_join) return true;
  for (const auto& [id, candidate] : members_) {
    if (candidate.awaiting_join) {
      leader_id_ = id;
      return true;
    }
  }
  return false;
}

void Group::start_next_generation(std::int64_t now_ms) {
  ++generation_;
  if (members_.empty()) {
    protocol_name_.reset();
    leader_id_.clear();
    transition_to(GroupState::kEmpty, now_ms);
    return;
  }
  protocol_name_ = select_protocol();
  transition_to(GroupState::kCompletingRebalance, now_ms);
}

std::int32_t Group::rebalance_timeout_ms() const {
  std::int32_t longest = 0;
  for (const auto& [id, member] : members_)
    longest = std::max(longest, member.rebalance_timeout_ms);
  return longest;
}

std::vector<JoinedMember> Group::members_for_leader() const {
  std::vector<JoinedMember> joined;
  joined.reserve(members_.size());
  for (const auto& [id, member] : members_) {
    joined.push_back({.id = id,
                      .instance_id = member.instance_id,
                      .metadata = member.metadata_for(protocol_name_.value_or(""))});
  }
  return joined;
}

void Group::set_protocol_type(const std::string& protocol_type) { protocol_type_ = protocol_type; }

GroupDescription Group::describe() const {
  GroupDescription description{.state = std::string(state_name(state_)),
                               .protocol_type = protocol_type_.value_or(""),
                               .protocol_name = "",
                               .members = {}};
  bool is_stable = state_ == GroupState::kStable;
  if (is_stable) description.protocol_name = protocol_name_.value_or("");
  for (const auto& [id, member] : members_) {
    description.members.push_back(
        {.id = id,
         .instance_id = member.instance_id,
         .client_id = member.client_id,
         .client_host = member.client_host,
         .metadata = is_stable ? member.metadata_for(*protocol_name_) : base::Bytes(),
         .assignment = is_stable ? member.assignment : base::Bytes()});
  }
  return description;
}

std::optional<std::set<std::string>> Group::subscribed_topics() const {
  if (protocol_type_ != kConsumerProtocol) return std::nullopt;
  std::set<std::string> topics;
  if (members_.empty()) return topics;
  if (!protocol_name_) return std::nullopt;
  for (const auto& [id, member] : members_) {
    auto subscription = protocol::read_subscription(member.metadata_for(*protocol_name_));
    if (!subscription) return std::nullopt;
    topics.insert(subscription->topics.begin(), subscription->topics.end());
  }
  return topics;
}

bool Group::is_subscribed_to(const std::string& topic) const {
  auto topics = subscribed_topics();
  return !topics || topics->contains(topic);
}

protocol::GroupMetadataValue Group::metadata(const Assignments& assignments) const {
  protocol::GroupMetadataValue metadata;
  metadata.protocol_type = protocol_type_.value_or("");
  metadata.generation = generation_;
  metadata.protocol = protocol_name_;
  metadata.leader = leader_id_.empty() ? std::nullopt : std::optional(leader_id_);
  metadata.current_state_timestamp = state_since_ms_;
  for (const auto& [id, member] : members_) {
    metadata.members.push_back({.member_id = id,
                                .group_instance_id = member.instance_id,
                                .client_id = member.client_id,
                                .client_host = member.client_host,
                                .rebalance_timeout = member.rebalance_timeout_ms,
                                .session_timeout = member.session_timeout_ms,
                                .subscription = member.metadata_for(protocol_name_.value_or("")),
                                .assignment = assignments.at(id)});
  }
  return metadata;
}

Assignments Group::assignments() const {
  Assignments assignments;
  for (const auto& [id, member] : members_) assignments[id] = member.assignment;
  return assignments;
}

void Group::restore(const protocol::GroupMetadataValue& metadata) {
  CHECK(members_.empty() && state_ == GroupState::kEmpty);
  generation_ = metadata.generation;
  if (!metadata.protocol_type.empty()) protocol_type_ = metadata.protocol_type;
  protocol_name_ = metadata.protocol;
  state_since_ms_ = metadata.current_state_timestamp;
  for (const auto& stored : metadata.members) {
    Member member;
    member.id = stored.member_id;
    member.instance_id = stored.group_instance_id;
    member.client_id = stored.client_id;
    member.client_host = stored.client_host;
    member.session_timeout_ms = stored.session_timeout;
    member.rebalance_timeout_ms = stored.rebalance_timeout;
    // The log keeps what the chosen protocol said alone.
    member.protocols = {{metadata.protocol.value_or(""), stored.subscription}};
    member.assignment = stored.assignment;
    add_member(std::move(member));
  }
  leader_id_ = metadata.leader.value_or("");
  if (members_.empty()) return;
  state_ = GroupState::kStable;
  if (!protocol_name_) protocol_name_ = "";
}

}  // namespace odradek::group
