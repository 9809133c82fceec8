// MetadataImage: what this broker knows of the whole cluster at one moment, as values that never
// change.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/uuid.h"
#include "protocol/types.h"

namespace odradek::metadata {

struct BrokerEndpoint {
  std::string listener;  // upper-case listener name
  std::string host;
  std::int32_t port = -1;
  std::int16_t security_protocol = 0;  // 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL

  bool operator==(const BrokerEndpoint&) const = default;
};

struct BrokerInfo {
  protocol::BrokerId id = protocol::kNoBroker;
  std::vector<BrokerEndpoint> endpoints;
  std::optional<std::string> rack;

  const BrokerEndpoint* endpoint(std::string_view listener) const;
};

struct PartitionInfo {
  std::int32_t index = 0;
  std::int32_t controller_epoch = -1;
  protocol::BrokerId leader = protocol::kNoBroker;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::int32_t partition_epoch = 0;  // version of the state znode
  std::vector<protocol::BrokerId> isr;
  std::vector<protocol::BrokerId> replicas;
  std::vector<protocol::BrokerId> offline_replicas;
};

struct TopicInfo {
  std::string name;
  base::Uuid id;                                     // zero where the topic has none
  std::map<std::int32_t, PartitionInfo> partitions;  // by index
};

struct MetadataImage {
  protocol::BrokerId controller_id = protocol::kNoBroker;
  std::map<protocol::BrokerId, BrokerInfo> brokers;
  std::unordered_map<std::string, std::shared_ptr<const TopicInfo>> topics;
  std::unordered_map<base::Uuid, std::string> topic_names;  // by topic id

  const TopicInfo* topic(const std::string& name) const;
  const TopicInfo* topic(const base::Uuid& id) const;
  const PartitionInfo* partition(const protocol::TopicPartition& tp) const;
  bool is_alive(protocol::BrokerId id) const { return brokers.contains(id); }
};

}  // namespace odradek::metadata
