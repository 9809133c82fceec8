#include "tools/topic_partition_filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace odradek::tools {
namespace {

// Digits alone, or nothing for the default.
std::optional<std::int32_t> bound(std::string_view text, std::int32_t otherwise) {
  if (text.empty()) return otherwise;
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return base::parse_int<std::int32_t>(text);
}

}  // namespace

bool TopicPartitionFilter::Rule::allows(std::int32_t partition) const {
  if (!partitions.empty()) return partitions.contains(partition);
  return partition >= from && partition < until;
}

base::Result<TopicPartitionFilter::Rule> TopicPartitionFilter::parse_rule(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view topic = text.substr(0, colon);
  auto topics = TopicFilter::parse(topic.empty() ? ".*" : topic);
  if (!topics) return topics.error();
  Rule rule{.topics = std::move(*topics)};
  const std::string_view range =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (range.empty()) return rule;
  const std::size_t dash = range.find('-');
  auto from = bound(range.substr(0, dash), 0);
  auto until = from;
  if (dash != std::string_view::npos) until = bound(range.substr(dash + 1), rule.until);
  if (!from || !until) return base::Error("Invalid rule specification: " + std::string(text));
  rule.from = *from;
  rule.until = *until;
  if (dash == std::string_view::npos) rule.partitions = {*from};
  return rule;
}

base::Result<TopicPartitionFilter> TopicPartitionFilter::of_patterns(std::string_view text) {
  TopicPartitionFilter filter;
  std::vector<std::string_view> parts = base::split(text, ',');
  while (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  for (std::string_view part : parts) {
    auto rule = parse_rule(part);
    if (!rule) return rule.error();
    filter.rules_.push_back(std::move(*rule));
  }
  return filter;
}

base::Result<TopicPartitionFilter> TopicPartitionFilter::of_topic(std::string_view topic,
                                                                  std::string_view partitions) {
  auto topics = TopicFilter::parse(topic.empty() ? ".*" : topic);
  if (!topics) return topics.error();
  Rule rule{.topics = std::move(*topics)};
  for (std::string_view part : base::split(partitions, ',')) {
    if (partitions.empty()) break;
    auto id = base::parse_int<std::int32_t>(part);
    if (!id) {
      return base::Error(
          "--partitions expects a comma separated list of numeric partition ids, but received: " +
          std::string(partitions));
    }
    rule.partitions.insert(*id);
  }
  TopicPartitionFilter filter;
  filter.rules_.push_back(std::move(rule));
  return filter;
}

bool TopicPartitionFilter::allows(const std::string& topic) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const Rule& rule) { return rule.topics.allows(topic, false); });
}

bool TopicPartitionFilter::allows(const protocol::TopicPartition& partition) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    return rule.allows(partition.partition) && rule.topics.allows(partition.topic, false);
  });
}

}  // namespace odradek::tools
