// TimingWheel: deadlines sorted into wheels of 20 buckets, so that adding and cancelling cost O(1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace odradek::purgatory {

// What stands in a wheel. It is linked into one bucket at a time; the wheel never owns it.
class WheelEntry {
 public:
  WheelEntry() = default;
  WheelEntry(const WheelEntry&) = delete;
  WheelEntry& operator=(const WheelEntry&) = delete;

  bool is_linked() const { return next_ != nullptr; }
  std::int64_t deadline_ms() const { return deadline_ms_; }

 private:
  friend class TimingWheel;
  WheelEntry* previous_ = nullptr;
  WheelEntry* next_ = nullptr;
  std::int64_t deadline_ms_ = 0;
  std::int32_t level_ = 0;  // of the wheel it is in; -1 among those already due
};

// The first wheel has 20 buckets of 1 ms, each further one 20 buckets as wide as the whole wheel
// below it; entries sink to finer wheels as their time comes near. An entry never comes out early.
// Not thread-safe: Timer holds the lock.
class TimingWheel {
 public:
  static constexpr std::int64_t kTickMs = 1;
  static constexpr std::size_t kBuckets = 20;

  explicit TimingWheel(std::int64_t now_ms);
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  // `entry` must not be linked. A deadline that has passed comes out of the next advance_to().
  void add(WheelEntry& entry, std::int64_t deadline_ms);
  void remove(WheelEntry& entry);  // `entry` must be linked in this wheel

  // Moves time forward (never back) and unlinks all entries due by then, earliest first within a
  // tick's precision.
  std::vector<WheelEntry*> advance_to(std::int64_t now_ms);
  // Unlinks everything, due or not.
  std::vector<WheelEntry*> drain();

  // When advance_to() has something to do next: not later than the earliest deadline. INT64_MAX
  // when the wheel is empty.
  std::int64_t next_wake_ms() const;
  std::size_t size() const { return size_; }

 private:
  struct Bucket {
    WheelEntry head;  // of a ring
    std::int64_t start_ms = 0;
  };
  struct Level {
    std::array<Bucket, kBuckets> buckets;
    std::int64_t width_ms = kTickMs;  // of one bucket
    std::size_t count = 0;
  };

  static void link(WheelEntry& head, WheelEntry& entry);
  static void unlink(WheelEntry& entry);
  static bool is_empty(const WheelEntry& head) {
    return head.next_ == nullptr || head.next_ == &head;
  }
  void place(WheelEntry& entry);
  void sink_started_buckets();
  static void take_all(WheelEntry& head, std::vector<WheelEntry*>& out);

  std::int64_t now_ms_;
  std::size_t size_ = 0;
  std::array<Level, 11> levels_ = {};  // 20^11 ms are six thousand years
  WheelEntry due_;
};

}  // namespace odradek::purgatory
