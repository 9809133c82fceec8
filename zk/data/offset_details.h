// The payload of /consumers/<group>/offset_details/<topic>/<partition>: what the decimal of an
// offset cannot hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

// Ours alone: no other broker or tool writes it. Counts only while `offset` is the one of the
// decimal node.
struct OffsetDetails {
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  std::int64_t commit_time_ms = 0;
  bool in_log = false;  // a copy of what __consumer_offsets has, which counts

  std::string encode() const;  // version 1
  static base::Result<OffsetDetails> decode(std::string_view text);
  bool operator==(const OffsetDetails&) const = default;
};

}  // namespace odradek::zk
