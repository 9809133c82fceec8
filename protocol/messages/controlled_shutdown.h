// ControlledShutdown (key 7): a broker that is about to stop asks the controller to move its
// leaders away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct ControlledShutdownResponse;

struct ControlledShutdownRequest {
  using Response = ControlledShutdownResponse;
  static constexpr Api kApi{.key = ApiKey::kControlledShutdown,
                            .name = "ControlledShutdown",
                            .min = 0,
                            .max = 3,
                            .flexible = 3};

  BrokerId broker_id = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch, {.since = 2});
  }
};
extern template struct Codec<ControlledShutdownRequest>;

struct ControlledShutdownResponse {
  static constexpr Api kApi = ControlledShutdownRequest::kApi;

  struct RemainingPartition {
    std::string topic_name;
    std::int32_t partition_index = 0;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partition_index", m.partition_index);
    }
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<RemainingPartition> remaining_partitions;  // still led by the broker

  static void describe(auto& field, auto& m) {
    field("error_code", m.error_code);
    field("remaining_partitions", m.remaining_partitions);
  }
};
extern template struct Codec<ControlledShutdownResponse>;

}  // namespace odradek::protocol
