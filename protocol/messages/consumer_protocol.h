// What consumers put into the opaque bytes of JoinGroup and SyncGroup, which tools must read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

// What a member wants, in JoinGroup's metadata, behind an int16 version.
struct ConsumerProtocolSubscription {
  static constexpr Api kApi{.name = "ConsumerProtocolSubscription", .min = 0, .max = 3};

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  std::vector<std::string> topics;
  std::optional<base::Bytes> user_data;  // of the assignor
  std::vector<Topic> owned_partitions;   // for cooperative assignors
  std::int32_t generation_id = -1;
  std::optional<std::string> rack_id;

  static void describe(auto& field, auto& m) {
    field("topics", m.topics);
    field("user_data", m.user_data, {.nullable = 0});
    field("owned_partitions", m.owned_partitions, {.since = 1});
    field("generation_id", m.generation_id, {.since = 2});
    field("rack_id", m.rack_id, {.since = 3, .nullable = 3});
  }
};
extern template struct Codec<ConsumerProtocolSubscription>;

// What a member gets, in SyncGroup's assignment, behind an int16 version.
struct ConsumerProtocolAssignment {
  static constexpr Api kApi{.name = "ConsumerProtocolAssignment", .min = 0, .max = 3};

  struct Topic {
    std::string topic;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("topic", m.topic);
      field("partitions", m.partitions);
    }
  };

  std::vector<Topic> assigned_partitions;
  std::optional<base::Bytes> user_data;

  static void describe(auto& field, auto& m) {
    field("assigned_partitions", m.assigned_partitions);
    field("user_data", m.user_data, {.nullable = 0});
  }
};
extern template struct Codec<ConsumerProtocolAssignment>;

// Both start with an int16 version; one higher than ours is read as our highest, as clients do.
base::Result<ConsumerProtocolSubscription> read_subscription(base::ByteView bytes);
base::Result<ConsumerProtocolAssignment> read_assignment(base::ByteView bytes);
base::Bytes write_subscription(const ConsumerProtocolSubscription& subscription,
                               std::int16_t version);
base::Bytes write_assignment(const ConsumerProtocolAssignment& assignment, std::int16_t version);

}  // namespace odradek::protocol
