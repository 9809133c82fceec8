// Records of __remote_log_metadata, in which tiered storage keeps what it has copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/uuid.h"
#include "protocol/wire/api.h"

namespace odradek::tools {

struct RemotePartition {
  std::string name;
  base::Uuid id;
  std::int32_t partition = 0;

  static void describe(auto& field, auto& m) {
    field("name", m.name);
    field("id", m.id);
    field("partition", m.partition);
  }
};

struct RemoteSegmentId {
  RemotePartition topic_id_partition;
  base::Uuid id;

  static void describe(auto& field, auto& m) {
    field("topic_id_partition", m.topic_id_partition);
    field("id", m.id);
  }
};

struct SegmentEpoch {
  std::int32_t leader_epoch = 0;
  std::int64_t offset = 0;

  static void describe(auto& field, auto& m) {
    field("leader_epoch", m.leader_epoch);
    field("offset", m.offset);
  }
};

struct RemoteLogSegmentMetadataRecord {
  static constexpr std::int16_t kType = 0;
  static constexpr protocol::Api kApi{
      .name = "RemoteLogSegmentMetadataRecord", .max = 0, .flexible = 0};

  RemoteSegmentId remote_log_segment_id;
  std::int64_t start_offset = 0;
  std::int64_t end_offset = 0;
  std::int32_t broker_id = 0;
  std::int64_t max_timestamp_ms = 0;
  std::int64_t event_timestamp_ms = 0;
  std::vector<SegmentEpoch> segment_leader_epochs;
  std::int32_t segment_size_in_bytes = 0;
  std::optional<base::Bytes> custom_metadata;
  std::int8_t remote_log_segment_state = 0;

  static void describe(auto& field, auto& m) {
    field("remote_log_segment_id", m.remote_log_segment_id);
    field("start_offset", m.start_offset);
    field("end_offset", m.end_offset);
    field("broker_id", m.broker_id);
    field("max_timestamp_ms", m.max_timestamp_ms);
    field("event_timestamp_ms", m.event_timestamp_ms);
    field("segment_leader_epochs", m.segment_leader_epochs);
    field("segment_size_in_bytes", m.segment_size_in_bytes);
    field("custom_metadata", m.custom_metadata, {.nullable = 0});
    field("remote_log_segment_state", m.remote_log_segment_state);
  }
};

struct RemoteLogSegmentMetadataUpdateRecord {
  static constexpr std::int16_t kType = 1;
  static constexpr protocol::Api kApi{
      .name = "RemoteLogSegmentMetadataUpdateRecord", .max = 0, .flexible = 0};

  RemoteSegmentId remote_log_segment_id;
  std::int32_t broker_id = 0;
  std::int64_t event_timestamp_ms = 0;
  std::optional<base::Bytes> custom_metadata;
  std::int8_t remote_log_segment_state = 0;

  static void describe(auto& field, auto& m) {
    field("remote_log_segment_id", m.remote_log_segment_id);
    field("broker_id", m.broker_id);
    field("event_timestamp_ms", m.event_timestamp_ms);
    field("custom_metadata", m.custom_metadata, {.nullable = 0});
    field("remote_log_segment_state", m.remote_log_segment_state);
  }
};

struct RemotePartitionDeleteMetadataRecord {
  static constexpr std::int16_t kType = 2;
  static constexpr protocol::Api kApi{
      .name = "RemotePartitionDeleteMetadataRecord", .max = 0, .flexible = 0};

  RemotePartition topic_id_partition;
  std::int32_t broker_id = 0;
  std::int64_t event_timestamp_ms = 0;
  std::int8_t remote_partition_delete_state = 0;

  static void describe(auto& field, auto& m) {
    field("topic_id_partition", m.topic_id_partition);
    field("broker_id", m.broker_id);
    field("event_timestamp_ms", m.event_timestamp_ms);
    field("remote_partition_delete_state", m.remote_partition_delete_state);
  }
};

struct RemoteLogSegmentMetadataSnapshotRecord {
  static constexpr std::int16_t kType = 3;
  static constexpr protocol::Api kApi{
      .name = "RemoteLogSegmentMetadataSnapshotRecord", .max = 0, .flexible = 0};

  base::Uuid segment_id;
  std::int64_t start_offset = 0;
  std::int64_t end_offset = 0;
  std::int32_t broker_id = 0;
  std::int64_t max_timestamp_ms = 0;
  std::int64_t event_timestamp_ms = 0;
  std::vector<SegmentEpoch> segment_leader_epochs;
  std::int32_t segment_size_in_bytes = 0;
  std::optional<base::Bytes> custom_metadata;
  std::int8_t remote_log_segment_state = 0;

  static void describe(auto& field, auto& m) {
    field("segment_id", m.segment_id);
    field("start_offset", m.start_offset);
    field("end_offset", m.end_offset);
    field("broker_id", m.broker_id);
    field("max_timestamp_ms", m.max_timestamp_ms);
    field("event_timestamp_ms", m.event_timestamp_ms);
    field("segment_leader_epochs", m.segment_leader_epochs);
    field("segment_size_in_bytes", m.segment_size_in_bytes);
    field("custom_metadata", m.custom_metadata, {.nullable = 0});
    field("remote_log_segment_state", m.remote_log_segment_state);
  }
};

}  // namespace odradek::tools
