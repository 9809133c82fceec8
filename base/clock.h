// Clock: the only source of time, so that tests can turn it by hand.
#pragma once

#include <atomic>
#include <cstdint>

namespace odradek::base {

// Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t wall_ms() const = 0;  // milliseconds since 1970-01-01 UTC
  virtual std::int64_t monotonic_ns()
      const = 0;  // nanoseconds since an unspecified start; never goes back
  std::int64_t monotonic_ms() const { return monotonic_ns() / 1'000'000; }

  static const Clock& system();
};

class ManualClock : public Clock {
 public:
  explicit ManualClock(std::int64_t wall_ms = 1'700'000'000'000) : wall_ms_(wall_ms) {}
  std::int64_t wall_ms() const override { return wall_ms_.load(); }
  std::int64_t monotonic_ns() const override { return monotonic_ns_.load(); }
  void advance_ms(std::int64_t ms) {
    wall_ms_ += ms;
    monotonic_ns_ += ms * 1'000'000;
  }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::int64_t> monotonic_ns_{1};
};

}  // namespace odradek::base
