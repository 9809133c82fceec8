// AlterPartition (key 56): a leader proposes a new ISR to the controller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AlterPartitionResponse;

struct AlterPartitionRequest {
  using Response = AlterPartitionResponse;
  static constexpr Api kApi{
      .key = ApiKey::kAlterPartition, .name = "AlterPartition", .min = 0, .max = 3, .flexible = 0};

  struct BrokerState {
    BrokerId broker_id = 0;
    std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown

    static void describe(auto& field, auto& m) {
      field("broker_id", m.broker_id);
      field("broker_epoch", m.broker_epoch);
    }
  };

  struct Partition {
    std::int32_t partition_index = 0;
    std::int32_t leader_epoch = 0;
    std::vector<BrokerId> new_isr;
    std::vector<BrokerState> new_isr_with_epochs;
    std::int8_t leader_recovery_state = 0;  // 1: after an unclean election
    std::int32_t partition_epoch = 0;       // expected zkVersion of the state znode

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("leader_epoch", m.leader_epoch);
      field("new_isr", m.new_isr, {.until = 2});
      field("new_isr_with_epochs", m.new_isr_with_epochs, {.since = 3});
      field("leader_recovery_state", m.leader_recovery_state, {.since = 1});
      field("partition_epoch", m.partition_epoch);
    }
  };

  struct Topic {
    std::string topic_name;
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name, {.until = 1});
      field("topic_id", m.topic_id, {.since = 2});
      field("partitions", m.partitions);
    }
  };

  BrokerId broker_id = 0;
  std::int64_t broker_epoch = -1;  // czxid of the broker znode; -1: unknown
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
    field("topics", m.topics);
  }
};
extern template struct Codec<AlterPartitionRequest>;

struct AlterPartitionResponse {
  static constexpr Api kApi = AlterPartitionRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    BrokerId leader_id = 0;
    std::int32_t leader_epoch = 0;
    std::vector<BrokerId> isr;
    std::int8_t leader_recovery_state = 0;  // 1: after an unclean election
    std::int32_t partition_epoch = 0;       // the zkVersion now

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
      field("leader_id", m.leader_id);
      field("leader_epoch", m.leader_epoch);
      field("isr", m.isr);
      field("leader_recovery_state", m.leader_recovery_state, {.since = 1});
      field("partition_epoch", m.partition_epoch);
    }
  };

  struct Topic {
    std::string topic_name;
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name, {.until = 1});
      field("topic_id", m.topic_id, {.since = 2});
      field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("topics", m.topics);
  }
};
extern template struct Codec<AlterPartitionResponse>;

}  // namespace odradek::protocol
