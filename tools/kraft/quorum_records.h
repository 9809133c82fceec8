// Records of __cluster_metadata about the log itself, those of its control batches included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "protocol/wire/api.h"

namespace odradek::tools {

struct FeatureLevelRecord {
  static constexpr std::int16_t kType = 12;
  static constexpr protocol::Api kApi{.name = "FeatureLevelRecord", .max = 0, .flexible = 0};

  std::string name;
  std::int16_t feature_level = 0;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("feature_level", m.feature_level);
  }
};

struct NoOpRecord {
  static constexpr std::int16_t kType = 20;
  static constexpr protocol::Api kApi{.name = "NoOpRecord", .max = 0, .flexible = 0};

  static void describe(auto& /*field*/, auto& /*m*/) {}
};

struct ZkMigrationStateRecord {
  static constexpr std::int16_t kType = 21;
  static constexpr protocol::Api kApi{.name = "ZkMigrationStateRecord", .max = 0, .flexible = 0};

  std::int8_t zk_migration_state = 0;

  static void describe(auto& field, auto& m) { field("zk_migration_state", m.zk_migration_state); }
};

struct BeginTransactionRecord {
  static constexpr std::int16_t kType = 23;
  static constexpr protocol::Api kApi{.name = "BeginTransactionRecord", .max = 0, .flexible = 0};

  std::optional<std::string> name;

  static void describe(auto& field, auto& m) { field("name", m.name, {.nullable = 0, .tag = 0}); }
};

struct EndTransactionRecord {
  static constexpr std::int16_t kType = 24;
  static constexpr protocol::Api kApi{.name = "EndTransactionRecord", .max = 0, .flexible = 0};

  static void describe(auto& /*field*/, auto& /*m*/) {}
};

struct AbortTransactionRecord {
  static constexpr std::int16_t kType = 25;
  static constexpr protocol::Api kApi{.name = "AbortTransactionRecord", .max = 0, .flexible = 0};

  std::optional<std::string> reason;

  static void describe(auto& field, auto& m) {
    field("reason", m.reason, {.nullable = 0, .tag = 0});
  }
};

// From here on control records, which have types of their own.
struct SnapshotHeaderRecord {
  static constexpr std::int16_t kType = 3;
  static constexpr protocol::Api kApi{.name = "SnapshotHeaderRecord", .max = 0, .flexible = 0};

  std::int16_t version = 0;
  std::int64_t last_contained_log_timestamp = 0;

  static void describe(auto& field, auto& m) {
    field("version", m.version);
    field("last_contained_log_timestamp", m.last_contained_log_timestamp);
  }
};

struct SnapshotFooterRecord {
  static constexpr std::int16_t kType = 4;
  static constexpr protocol::Api kApi{.name = "SnapshotFooterRecord", .max = 0, .flexible = 0};

  std::int16_t version = 0;

  static void describe(auto& field, auto& m) { field("version", m.version); }
};

struct KRaftVersionRecord {
  static constexpr std::int16_t kType = 5;
  static constexpr protocol::Api kApi{.name = "KRaftVersionRecord", .max = 0, .flexible = 0};

  std::int16_t version = 0;
  std::int16_t k_raft_version = 0;

  static void describe(auto& field, auto& m) {
    field("version", m.version);
    field("k_raft_version", m.k_raft_version);
  }
};

struct VotersRecord {
  static constexpr std::int16_t kType = 6;
  static constexpr protocol::Api kApi{.name = "VotersRecord", .max = 0, .flexible = 0};

  struct Endpoint {
    std::string name;
    std::string host;
    std::uint16_t port = 0;

    static void describe(auto& field, auto& m) {
      field("name", m.name);
      field("host", m.host);
      field("port", m.port);
    }
  };

  struct Feature {
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static void describe(auto& field, auto& m) {
      field("min_supported_version", m.min_supported_version);
      field("max_supported_version", m.max_supported_version);
    }
  };

  struct Voter {
    std::int32_t voter_id = 0;
    base::Uuid voter_directory_id;
    std::vector<Endpoint> endpoints;
    Feature k_raft_version_feature;

    static void describe(auto& field, auto& m) {
      field("voter_id", m.voter_id);
      field("voter_directory_id", m.voter_directory_id);
      field("endpoints", m.endpoints);
      field("k_raft_version_feature", m.k_raft_version_feature);
    }
  };

  std::int16_t version = 0;
  std::vector<Voter> voters;

  static void describe(auto& field, auto& m) {
    field("version", m.version);
    field("voters", m.voters);
  }
};

}  // namespace odradek::tools
