// AssignReplicasToDirs (key 73): a broker of a KRaft cluster says in which log directories its
// replicas are.
#pragma once

#include <cstdint>
#include <vector>

#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AssignReplicasToDirsResponse;

struct AssignReplicasToDirsRequest {
  using Response = AssignReplicasToDirsResponse;
  static constexpr Api kApi{
      .key = ApiKey{73}, .name = "AssignReplicasToDirs", .min = 0, .max = 0, .flexible = 0};

  struct Partition {
    std::int32_t partition_index = 0;

    static void describe(auto& field, auto& m) { field("partition_index", m.partition_index); }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  struct Directory {
    base::Uuid id;
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("id", m.id);
      field("topics", m.topics);
    }
  };

  BrokerId broker_id = 0;
  std::int64_t broker_epoch = -1;
  std::vector<Directory> directories;

  static void describe(auto& field, auto& m) {
    field("broker_id", m.broker_id);
    field("broker_epoch", m.broker_epoch);
    field("directories", m.directories);
  }
};
extern template struct Codec<AssignReplicasToDirsRequest>;

struct AssignReplicasToDirsResponse {
  static constexpr Api kApi = AssignReplicasToDirsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct Topic {
    base::Uuid topic_id;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_id", m.topic_id);
      field("partitions", m.partitions);
    }
  };

  struct Directory {
    base::Uuid id;
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("id", m.id);
      field("topics", m.topics);
    }
  };

  std::int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<Directory> directories;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("error_code", m.error_code);
    field("directories", m.directories);
  }
};
extern template struct Codec<AssignReplicasToDirsResponse>;

}  // namespace odradek::protocol
