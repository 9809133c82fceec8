// The ids that every layer names: topics, partitions, and what they are counted in.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace odradek::protocol {

using BrokerId = std::int32_t;
using Offset = std::int64_t;
using LeaderEpoch = std::int32_t;

constexpr BrokerId kNoBroker = -1;
constexpr LeaderEpoch kNoLeaderEpoch = -1;
constexpr std::int64_t kNoTimestamp = -1;
// Stands for the bits of authorized operations where nobody asked for them.
constexpr std::int32_t kOperationsNotAsked = std::numeric_limits<std::int32_t>::min();

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  // As the name of its log directory: "orders-3".
  std::string to_string() const { return topic + "-" + std::to_string(partition); }
  auto operator<=>(const TopicPartition&) const = default;
};

}  // namespace odradek::protocol

template <>
struct std::hash<odradek::protocol::TopicPartition> {
  std::size_t operator()(const odradek::protocol::TopicPartition& tp) const noexcept {
    return std::hash<std::string>()(tp.topic) * 31 + static_cast<std::size_t>(tp.partition);
  }
};
