// CompactionProgress: how far one log is compacted, and whether records were taken away meanwhile.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/mutex.h"
#include "protocol/types.h"

namespace odradek::log {

// Safe from any thread.
class CompactionProgress {
 public:
  // Below this the log was compacted; nothing when it never was.
  std::optional<protocol::Offset> cleaned_to() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return cleaned_to_;
  }
  // Changes before truncation or retention takes records away, never for a compaction.
  std::uint64_t cuts() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return cuts_;
  }
  // False when records were taken away since `cuts`.
  bool advance_to(protocol::Offset offset, std::uint64_t cuts) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (cuts != cuts_) return false;
    cleaned_to_ = offset;
    return true;
  }
  // Records at and above `offset` go.
  void cut_at(protocol::Offset offset) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    ++cuts_;
    if (cleaned_to_) cleaned_to_ = std::min(*cleaned_to_, offset);
  }
  // Old segments go.
  void cut_front() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    ++cuts_;
  }

  // Around the moment when segments become one. Who walked from segment to segment meanwhile may
  // have missed records, and looks again.
  void begin_swap() { ++swaps_; }
  void end_swap() { ++swaps_; }
  std::uint64_t swaps() const { return swaps_.load(); }
  bool unswapped_since(std::uint64_t swaps) const {
    return swaps % 2 == 0 && swaps_.load() == swaps;
  }

 private:
  mutable base::Mutex mutex_;
  std::optional<protocol::Offset> cleaned_to_ GUARDED_BY(mutex_);
  std::uint64_t cuts_ GUARDED_BY(mutex_) = 0;
  std::atomic<std::uint64_t> swaps_{0};  // odd while one goes on
};

}  // namespace odradek::log
