// ShareGroup…Key and …Value: what share groups keep in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ShareGroupPartitionMetadataKey {
  static constexpr Api kApi{.name = "ShareGroupPartitionMetadataKey", .min = 9, .max = 9};

  std::string group_id;

  static void describe(auto& field, auto& m) { field("group_id", m.group_id); }
};
extern template struct Codec<ShareGroupPartitionMetadataKey>;

struct ShareGroupPartitionMetadataValue {
  static constexpr Api kApi{
      .name = "ShareGroupPartitionMetadataValue", .min = 0, .max = 0, .flexible = 0};

  struct Topic {
    base::Uuid topic_id;
    std::string topic_name;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  struct DeletingTopic {
    base::Uuid topic_id;
    std::string topic_name;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("topic_name", m.topic_name);
    }
  };

  std::vector<Topic> initialized_topics;
  std::vector<DeletingTopic> deleting_topics;

  static void describe(auto& field, auto& m) {
    field("initialized_topics", m.initialized_topics);
    field("deleting_topics", m.deleting_topics);
  }
};
extern template struct Codec<ShareGroupPartitionMetadataValue>;

struct ShareGroupMemberMetadataKey {
  static constexpr Api kApi{.name = "ShareGroupMemberMetadataKey", .min = 10, .max = 10};

  std::string group_id;
  std::string member_id;

  static void describe(auto& field, auto& m) {
    field("group_id", m.group_id);
    field("member_id", m.member_id);
  }
};
extern template struct Codec<ShareGroupMemberMetadataKey>;

struct ShareGroupMemberMetadataValue {
  static constexpr Api kApi{
      .name = "ShareGroupMemberMetadataValue", .min = 0, .max = 0, .flexible = 0};

  std::optional<std::string> rack_id{""};
  std::string client_id;
  std::string client_host;
  std::vector<std::string> subscribed_topic_names;

  static void describe(auto& field, auto& m) {
    field("rack_id", m.rack_id, {.nullable = 0});
    field("client_id", m.client_id);
    field("client_host", m.client_host);
    field("subscribed_topic_names", m.subscribed_topic_names);
  }
};
extern template struct Codec<ShareGroupMemberMetadataValue>;

struct ShareGroupMetadataKey {
  static constexpr Api kApi{.name = "ShareGroupMetadataKey", .min = 11, .max = 11};

  std::string group_id;

  static void describe(auto& field, auto& m) { field("group_id", m.group_id); }
};
extern template struct Codec<ShareGroupMetadataKey>;

struct ShareGroupMetadataValue {
  static constexpr Api kApi{.name = "ShareGroupMetadataValue", .min = 0, .max = 0, .flexible = 0};

  std::int32_t epoch = 0;

  static void describe(auto& field, auto& m) { field("epoch", m.epoch); }
};
extern template struct Codec<ShareGroupMetadataValue>;

}  // namespace odradek::protocol
