#include "server/group/expiry.h"

#include <optional>
#include <set>
#include <string>

namespace odradek::group {
namespace {

// What counts for the offsets of a group in its present state.
struct Rule {
  std::optional<std::int64_t> since_ms;  // else each offset's commit
  std::set<std::string> kept_topics;
};

// Nothing where nothing expires.
std::optional<Rule> rule_of(const Group& group) {
  if (!group.protocol_type()) return Rule{};
  switch (group.state()) {
    case GroupState::kEmpty:
      return group.state_since_ms() < 0 ? Rule{} : Rule{.since_ms = group.state_since_ms()};
    case GroupState::kStable: {
      auto topics = group.subscribed_topics();
      return topics ? std::optional(Rule{.kept_topics = std::move(*topics)}) : std::nullopt;
    }
    case GroupState::kPreparingRebalance:
    case GroupState::kCompletingRebalance:
    case GroupState::kDead:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<protocol::TopicPartition> expired_offsets(const Group& group,
                                                      const GroupOffsets& offsets,
                                                      std::int64_t retention_ms,
                                                      std::int64_t now_ms) {
  std::vector<protocol::TopicPartition> expired;
  std::optional<Rule> rule = rule_of(group);
  if (!rule) return expired;
  for (const OffsetToCommit& offset : offsets.all()) {
    if (rule->kept_topics.contains(offset.partition.topic)) continue;
    if (offsets.is_on_its_way(offset.partition)) continue;
    const CommittedOffset& committed = offset.committed;
    std::int64_t since_ms = rule->since_ms.value_or(committed.commit_time_ms);
    bool is_over = committed.expire_time_ms ? now_ms >= *committed.expire_time_ms
                                            : now_ms - since_ms >= retention_ms;
    if (is_over) expired.push_back(offset.partition);
  }
  return expired;
}

}  // namespace odradek::group
