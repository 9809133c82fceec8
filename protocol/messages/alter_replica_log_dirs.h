// AlterReplicaLogDirs (key 34): move replicas between this broker's log directories.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/errors.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

struct AlterReplicaLogDirsResponse;

struct AlterReplicaLogDirsRequest {
  using Response = AlterReplicaLogDirsResponse;
  static constexpr Api kApi{.key = ApiKey::kAlterReplicaLogDirs,
                            .name = "AlterReplicaLogDirs",
                            .min = 0,
                            .max = 2,
                            .flexible = 2};

  struct Topic {
    std::string name;
    std::vector<std::int32_t> partitions;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("partitions", m.partitions);
    }
  };

  struct Dir {
    std::string path;
    std::vector<Topic> topics;

    static void describe(auto& field, auto& m) {
      field("path", m.path);
      field("topics", m.topics);
    }
  };

  std::vector<Dir> dirs;

  static void describe(auto& field, auto& m) { field("dirs", m.dirs); }
};
extern template struct Codec<AlterReplicaLogDirsRequest>;

struct AlterReplicaLogDirsResponse {
  static constexpr Api kApi = AlterReplicaLogDirsRequest::kApi;

  struct Partition {
    std::int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static void describe(auto& field, auto& m) {
      field("partition_index", m.partition_index);
      field("error_code", m.error_code);
    }
  };

  struct Topic {
    std::string topic_name;
    std::vector<Partition> partitions;

    static void describe(auto& field, auto& m) {
      field("topic_name", m.topic_name);
      field("partitions", m.partitions);
    }
  };

  std::int32_t throttle_time_ms = 0;
  std::vector<Topic> results;

  static void describe(auto& field, auto& m) {
    field("throttle_time_ms", m.throttle_time_ms);
    field("results", m.results);
  }
};
extern template struct Codec<AlterReplicaLogDirsResponse>;

}  // namespace odradek::protocol
