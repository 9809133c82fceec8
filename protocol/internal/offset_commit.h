// OffsetCommitKey and OffsetCommitValue: one committed offset in __consumer_offsets.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"

namespace odradek::protocol {

// Versions 0 and 1 are the same bytes; 1 is written.
struct OffsetCommitKey {
  static constexpr Api kApi{.name = "OffsetCommitKey", .min = 0, .max = 1};

  std::string group;
  std::string topic;
  std::int32_t partition = 0;

  static void describe(auto& field, auto& m) {
    field("group", m.group);
    field("topic", m.topic);
    field("partition", m.partition);
  }
};
extern template struct Codec<OffsetCommitKey>;

// Version 1 where a commit names its own expiry, 2 before leader epochs (inter-broker protocol
// below 2.1), else 3.
struct OffsetCommitValue {
  static constexpr Api kApi{.name = "OffsetCommitValue", .min = 0, .max = 4, .flexible = 4};

  std::int64_t offset = 0;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  std::int64_t commit_timestamp = 0;
  std::int64_t expire_timestamp = -1;  // -1: as the group expires

  static void describe(auto& field, auto& m) {
    field("offset", m.offset);
    field("leader_epoch", m.leader_epoch, {.since = 3});
    field("metadata", m.metadata);
    field("commit_timestamp", m.commit_timestamp);
    field("expire_timestamp", m.expire_timestamp, {.since = 1, .until = 1});
  }
};
extern template struct Codec<OffsetCommitValue>;

}  // namespace odradek::protocol
