// ConsumerGroup…Key and …Value: what the consumer groups of KRaft clusters keep in
// __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ConsumerGroupMetadataKey {
  static constexpr Api kApi{.name = "ConsumerGroupMetadataKey", .min = 3, .max = 3};

  std::string group_id;

  static void describe(auto& field, auto& m) { field("group_id", m.group_id); }
};
extern template struct Codec<ConsumerGroupMetadataKey>;

struct ConsumerGroupMetadataValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupMetadataValue", .min = 0, .max = 0, .flexible = 0};

  std::int32_t epoch = 0;

  static void describe(auto& field, auto& m) { field("epoch", m.epoch); }
};
extern template struct Codec<ConsumerGroupMetadataValue>;

struct ConsumerGroupPartitionMetadataKey {
  static constexpr Api kApi{.name = "ConsumerGroupPartitionMetadataKey", .min = 4, .max = 4};

  std::string group_id;

  static void describe(auto& field, auto& m) { field("group_id", m.group_id); }
};
extern template struct Codec<ConsumerGroupPartitionMetadataKey>;

struct ConsumerGroupPartitionMetadataValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupPartitionMetadataValue", .min = 0, .max = 0, .flexible = 0};

  struct Partition {
    std::int32_t partition = 0;
    std::vector<std::string> racks;

    static void describe(auto& field, auto& m) {
      field("partition", m.partition);
      field("racks", m.racks);
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::string topic_name;
    std::int32_t num_partitions = 0;
    std::vector<Partition> partition_metadata;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("topic_name", m.topic_name);
      field("num_partitions", m.num_partitions);
      field("partition_metadata", m.partition_metadata);
    }
  };

  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) { field("topics", m.topics); }
};
extern template struct Codec<ConsumerGroupPartitionMetadataValue>;

struct ConsumerGroupMemberMetadataKey {
  static constexpr Api kApi{.name = "ConsumerGroupMemberMetadataKey", .min = 5, .max = 5};

  std::string group_id;
  std::string member_id;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
  }
};
extern template struct Codec<ConsumerGroupMemberMetadataKey>;

// What a member of the classic protocol brought along. Not within the record: clang 14 takes a
// nested type with initialisers for one that optional cannot make.
struct ClassicMemberMetadata {
  struct Protocol {
    std::string name;
    base::Bytes metadata;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("metadata", m.metadata);
    }
  };

  std::int32_t session_timeout_ms = 0;
  std::vector<Protocol> supported_protocols;

  static void describe(auto& field, auto& m) {
    field("session_timeout_ms", m.session_timeout_ms);
    field("supported_protocols", m.supported_protocols);
  }
};

struct ConsumerGroupMemberMetadataValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupMemberMetadataValue", .min = 0, .max = 0, .flexible = 0};

  std::optional<std::string> instance_id{""};
  std::optional<std::string> rack_id{""};
  std::string client_id;
  std::string client_host;
  std::vector<std::string> subscribed_topic_names;
  std::optional<std::string> subscribed_topic_regex{""};
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::string> server_assignor{""};
  std::optional<ClassicMemberMetadata> classic_member_metadata;

  static void describe(auto& field, auto& m) {
    field("instance_id", m.instance_id, {.nullable = 0});
    field("rack_id", m.rack_id, {.nullable = 0});
    field("client_id", m.client_id);
    field("client_host", m.client_host);
    field("subscribed_topic_names", m.subscribed_topic_names);
    field("subscribed_topic_regex", m.subscribed_topic_regex, {.nullable = 0});
    field("rebalance_timeout_ms", m.rebalance_timeout_ms);
    field("server_assignor", m.server_assignor, {.nullable = 0});
    field("classic_member_metadata", m.classic_member_metadata, {.nullable = 0, .tag = 0});
  }
};
extern template struct Codec<ConsumerGroupMemberMetadataValue>;

struct ConsumerGroupTargetAssignmentMetadataKey {
  static constexpr Api kApi{.name = "ConsumerGroupTargetAssignmentMetadataKey", .min = 6, .max = 6};

  std::string group_id;

  static void describe(auto& field, auto& m) { field("group_id", m.group_id); }
};
extern template struct Codec<ConsumerGroupTargetAssignmentMetadataKey>;

struct ConsumerGroupTargetAssignmentMetadataValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupTargetAssignmentMetadataValue", .min = 0, .max = 0, .flexible = 0};

  std::int32_t assignment_epoch = 0;

  static void describe(auto& field, auto& m) { field("assignment_epoch", m.assignment_epoch); }
};
extern template struct Codec<ConsumerGroupTargetAssignmentMetadataValue>;

struct ConsumerGroupTargetAssignmentMemberKey {
  static constexpr Api kApi{.name = "ConsumerGroupTargetAssignmentMemberKey", .min = 7, .max = 7};

  std::string group_id;
  std::string member_id;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
  }
};
extern template struct Codec<ConsumerGroupTargetAssignmentMemberKey>;

struct ConsumerGroupTargetAssignmentMemberValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupTargetAssignmentMemberValue", .min = 0, .max = 0, .flexible = 0};

  struct Topic {
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::vector<Topic> topic_partitions;

  static void describe(auto& field, auto& m) { field("topic_partitions", m.topic_partitions); }
};
extern template struct Codec<ConsumerGroupTargetAssignmentMemberValue>;

struct ConsumerGroupCurrentMemberAssignmentKey {
  static constexpr Api kApi{.name = "ConsumerGroupCurrentMemberAssignmentKey", .min = 8, .max = 8};

  std::string group_id;
  std::string member_id;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
  }
};
extern template struct Codec<ConsumerGroupCurrentMemberAssignmentKey>;

struct ConsumerGroupCurrentMemberAssignmentValue {
  static constexpr Api kApi{
      .name = "ConsumerGroupCurrentMemberAssignmentValue", .min = 0, .max = 0, .flexible = 0};

  struct Topic {
    base::Uuid topic_id;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  std::int32_t member_epoch = 0;
  std::int32_t previous_member_epoch = 0;
  std::int8_t state = 0;
  std::vector<Topic> assigned_partitions;
  std::vector<Topic> partitions_pending_revocation;

  static void describe(auto& field, auto& m) {
    field("member_epoch", m.member_epoch);
    field("previous_member_epoch", m.previous_member_epoch);
    field("state", m.state);
    field("assigned_partitions", m.assigned_partitions);
    field("partitions_pending_revocation", m.partitions_pending_revocation);
  }
};
extern template struct Codec<ConsumerGroupCurrentMemberAssignmentValue>;

}  // namespace odradek::protocol
