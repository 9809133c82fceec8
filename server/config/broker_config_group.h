// Consumer groups and their offsets: a part of BrokerConfig, each member named as its key.
#pragma once

#include <cstdint>
#include <string>

namespace odradek::config {

// Defaults and meanings stand in broker_keys_group.cc.
struct GroupConfig {
  std::int32_t group_initial_rebalance_delay_ms = 0;
  std::int32_t group_max_session_timeout_ms = 0;
  std::int32_t group_max_size = 0;
  std::int32_t group_min_session_timeout_ms = 0;
  std::int32_t offset_metadata_max_bytes = 0;
  std::int16_t offsets_commit_required_acks = 0;
  std::int32_t offsets_commit_timeout_ms = 0;
  std::int32_t offsets_load_buffer_size = 0;
  std::int64_t offsets_retention_check_interval_ms = 0;
  std::int32_t offsets_retention_minutes = 0;
  std::string offsets_storage;  // zookeeper, kafka or both
  std::int32_t offsets_topic_compression_codec = 0;
  std::int32_t offsets_topic_num_partitions = 0;
  std::int16_t offsets_topic_replication_factor = 0;
  std::int32_t offsets_topic_segment_bytes = 0;
};

}  // namespace odradek::config
