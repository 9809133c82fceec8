// LogOptions: what a topic's configuration says about one partition's log.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "protocol/record/compression/codec.h"

namespace odradek::log {

// The broker fills one from TopicConfig whenever the topic's configuration changes; a Log holds it
// as an immutable snapshot. Names and meanings are those of the topic keys (configs.md).
struct LogOptions {
  std::int32_t segment_bytes = 1 << 30;
  std::int64_t segment_ms = 7LL * 24 * 3600 * 1000;
  std::int64_t segment_jitter_ms = 0;
  std::int32_t segment_index_bytes = 10 << 20;
  std::int32_t index_interval_bytes = 4096;
  std::int64_t retention_ms = 7LL * 24 * 3600 * 1000;  // -1: for ever
  std::int64_t retention_bytes = -1;                   // -1: no limit
  std::int64_t flush_messages = std::numeric_limits<std::int64_t>::max();
  std::int64_t flush_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t file_delete_delay_ms = 60'000;
  std::int32_t max_message_bytes = 1'048'588;
  bool cleanup_delete = true;    // cleanup.policy lists delete
  bool cleanup_compact = false;  // cleanup.policy lists compact
  double min_cleanable_dirty_ratio = 0.5;
  std::int64_t min_compaction_lag_ms = 0;
  std::int64_t max_compaction_lag_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t delete_retention_ms = 24LL * 3600 * 1000;
  bool log_append_time = false;  // message.timestamp.type
  std::int64_t timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max();
  // compression.type: nothing for "producer", which keeps what came.
  std::optional<protocol::CompressionType> compression;
  int compression_level = protocol::kDefaultCompressionLevel;
  bool preallocate = false;
  // What is stored; below 2 only while message.format.version is still in force.
  std::int8_t record_magic = 2;
  bool zstd_allowed = true;     // inter.broker.protocol.version knows it
  bool down_conversion = true;  // message.downconversion.enable

  bool operator==(const LogOptions&) const = default;
};

}  // namespace odradek::log
