// LogEnd: where a log ends, as offset and as file position, read together without a lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "protocol/types.h"

namespace odradek::log {

// An offset and where its batch begins (or will begin) on disk; position -1 when only the offset is
// known.
struct OffsetMetadata {
  protocol::Offset offset = 0;
  protocol::Offset segment_base_offset = -1;
  std::int64_t position = -1;
};

// One writer (under the log's lock), any readers: a sequence lock, since offset and position of
// two different appends must never be mixed (KAFKA-9807).
class LogEnd {
 public:
  OffsetMetadata load() const {
    for (;;) {
      std::uint64_t before = version_.load(std::memory_order_acquire);
      OffsetMetadata end{offset_.load(std::memory_order_acquire),
                         segment_.load(std::memory_order_acquire),
                         position_.load(std::memory_order_acquire)};
      if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) return end;
    }
  }
  protocol::Offset offset() const { return offset_.load(std::memory_order_acquire); }

  void store(const OffsetMetadata& end) {
    std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    // Whoever reads one of these new values also sees the odd version before it.
    offset_.store(end.offset, std::memory_order_release);
    segment_.store(end.segment_base_offset, std::memory_order_release);
    position_.store(end.position, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

 private:
  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::int64_t> offset_{0};
  std::atomic<std::int64_t> segment_{0};
  std::atomic<std::int64_t> position_{0};
};

}  // namespace odradek::log
