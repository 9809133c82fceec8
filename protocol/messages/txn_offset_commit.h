// TxnOffsetCommit (key 28): store offsets that count once their transaction commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct TxnOffsetCommitResponse;

struct TxnOffsetCommitRequest {
  using Response = TxnOffsetCommitResponse;
  static constexpr Api kApi{.key = ApiKey::kTxnOffsetCommit,
                            .name = "TxnOffsetCommit",
                            .min = 0,
                            .max = 4,
                            .flexible = 3};

  struct Partition {
    std::int32_t partition_index = 0;
    std::int64_t committed_offset = 0;
    std::int32_t committed_leader_epoch = -1;
    std::optional<std::string> committed_metadata{""};

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("committed_offset", m.committed_offset);
      field("committed_leader_epoch", m.committed_leader_epoch, {.since = 2});
      field("committed_metadata", m.committed_metadata, {.nullable = 0});
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  std::string transactional_id;
  std::string group_id;
  std::int64_t producer_id = 0;
  std::int16_t producer_epoch = 0;
  std::int32_t generation_id = -1;
  std::string member_id;
  std::optional<std::string> group_instance_id;  // set by static members
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("transactional_id", m.transactional_id);
    field("group_id", m.group_id);
    field("producer_id", m.producer_id);
    field("producer_epoch", m.producer_epoch);
    field("generation_id", m.generation_id, {.since = 3});
    field("member_id", m.member_id, {.since = 3});
    field("group_instance_id", m.group_instance_id, {.since = 3, .nullable = 3});
    field("topics", m.topics);
  }
};
extern template struct Codec<TxnOffsetCommitRequest>;

struct TxnOffsetCommitResponse {
  static constexpr Api kApi = TxnOffsetCommitRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct Topic {
    std::string name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("topics", m.topics);
  }
};
extern template struct Codec<TxnOffsetCommitResponse>;

}  // namespace odradek::protocol
