// Records of __cluster_metadata about topics, their settings and quotas.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/wire/api.h"

namespace odradek::tools {

struct TopicRecord {
  static constexpr std::int16_t kType = 2;
  static constexpr protocol::Api kApi{.name = "TopicRecord", .max = 0, .flexible = 0};

  std::string name;
  base::Uuid topic_id;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("topic_id", m.topic_id);
  }
};

struct PartitionRecord {
  static constexpr std::int16_t kType = 3;
  static constexpr protocol::Api kApi{.name = "PartitionRecord", .max = 2, .flexible = 0};

  std::int32_t partition_id = 0;
  base::Uuid topic_id;
  std::vector<std::int32_t> replicas;
  std::vector<std::int32_t> isr;
  std::vector<std::int32_t> removing_replicas;
  std::vector<std::int32_t> adding_replicas;
  std::int32_t leader = 0;
  std::int8_t leader_recovery_state = 0;
  std::int32_t leader_epoch = 0;
  std::int32_t partition_epoch = 0;
  std::vector<base::Uuid> directories;
  std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
  std::optional<std::vector<std::int32_t>> last_known_elr;

  static void describe(auto& field, auto& m) {
    field("partition_id", m.partition_id);
    field("topic_id", m.topic_id);
    field("replicas", m.replicas);
    field("isr", m.isr);
    field("removing_replicas", m.removing_replicas);
    field("adding_replicas", m.adding_replicas);
    field("leader", m.leader);
    field("leader_recovery_state", m.leader_recovery_state, {.tag = 0});
    field("leader_epoch", m.leader_epoch);
    field("partition_epoch", m.partition_epoch);
    field("directories", m.directories, {.since = 1});
    field("eligible_leader_replicas", m.eligible_leader_replicas,
          {.since = 2, .nullable = 2, .tag = 1});
    field("last_known_elr", m.last_known_elr, {.since = 2, .nullable = 2, .tag = 2});
  }
};

struct ConfigRecord {
  static constexpr std::int16_t kType = 4;
  static constexpr protocol::Api kApi{.name = "ConfigRecord", .max = 0, .flexible = 0};

  std::int8_t resource_type = 0;
  std::string resource_name;
  std::string name;
  std::optional<std::string> value;

  static void describe(auto& field, auto& m) {
    field("resource_type", m.resource_type);
    field("resource_name", m.resource_name);
    field("name", m.name);
    field("value", m.value, {.nullable = 0});
  }
};

// What is absent has not changed. The fields are in upstream's order, which is not that of the
// tags.
struct PartitionChangeRecord {
  static constexpr std::int16_t kType = 5;
  static constexpr protocol::Api kApi{.name = "PartitionChangeRecord", .max = 2, .flexible = 0};

  std::int32_t partition_id = 0;
  base::Uuid topic_id;
  std::optional<std::vector<std::int32_t>> isr;
  std::int32_t leader = -2;
  std::optional<std::vector<std::int32_t>> replicas;
  std::optional<std::vector<std::int32_t>> removing_replicas;
  std::optional<std::vector<std::int32_t>> adding_replicas;
  std::int8_t leader_recovery_state = -1;
  std::optional<std::vector<base::Uuid>> directories;
  std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
  std::optional<std::vector<std::int32_t>> last_known_elr;

  static void describe(auto& field, auto& m) {
    field("partition_id", m.partition_id);
    field("topic_id", m.topic_id);
    field("isr", m.isr, {.nullable = 0, .tag = 0});
    field("leader", m.leader, {.tag = 1, .absent = -2});
    field("replicas", m.replicas, {.nullable = 0, .tag = 2});
    field("removing_replicas", m.removing_replicas, {.nullable = 0, .tag = 3});
    field("adding_replicas", m.adding_replicas, {.nullable = 0, .tag = 4});
    field("leader_recovery_state", m.leader_recovery_state, {.tag = 5, .absent = -1});
    field("directories", m.directories, {.since = 1, .nullable = 1, .tag = 8});
    field("eligible_leader_replicas", m.eligible_leader_replicas,
          {.since = 2, .nullable = 2, .tag = 6});
    field("last_known_elr", m.last_known_elr, {.since = 2, .nullable = 2, .tag = 7});
  }
};

struct RemoveTopicRecord {
  static constexpr std::int16_t kType = 9;
  static constexpr protocol::Api kApi{.name = "RemoveTopicRecord", .max = 0, .flexible = 0};

  base::Uuid topic_id;

  static void describe(auto& field, auto& m) { field("topic_id", m.topic_id); }
};

struct ClientQuotaRecord {
  static constexpr std::int16_t kType = 14;
  static constexpr protocol::Api kApi{.name = "ClientQuotaRecord", .max = 0, .flexible = 0};

  struct Entity {
    std::string entity_type;
    std::optional<std::string> entity_name;

    static void describe(auto& field, auto& m) {
      field("entity_type", m.entity_type);
      field("entity_name", m.entity_name, {.nullable = 0});
    }
  };

  std::vector<Entity> entity;
  std::string key;
  double value = 0;
  bool remove = false;

  static void describe(auto& field, auto& m) {
    field("entity", m.entity);
    field("key", m.key);
    field("value", m.value);
    field("remove", m.remove);
  }
};

struct ProducerIdsRecord {
  static constexpr std::int16_t kType = 15;
  static constexpr protocol::Api kApi{.name = "ProducerIdsRecord", .max = 0, .flexible = 0};

  std::int32_t broker_id = 0;
  std::int64_t broker_epoch = 0;
  std::int64_t next_producer_id = 0;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
    field("next_producer_id", m.next_producer_id);
  }
};

}  // namespace odradek::tools
