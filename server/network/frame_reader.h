// FrameReader: cuts the bytes of one connection into frames, taking memory only as bytes arrive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "protocol/wire/frame.h"
#include "server/network/memory_budget.h"

namespace odradek::network {

// One connection's, on its network thread.
class FrameReader {
 public:
  // A frame is given this much (or its size, if smaller) when it begins, then twice what it had
  // whenever that is full; pages that no byte has reached cost nothing yet.
  static constexpr std::size_t kFirstBytes = 1024 * 1024;

  enum class Outcome : std::uint8_t {
    kFrame,     // `frame` is complete
    kNeedMore,  // the input is used up
    kNoMemory,  // a frame may not begin before the budget is open; nothing is lost
    kRefused,   // `reason`: the connection cannot go on
  };
  struct Next {
    Outcome outcome = Outcome::kNeedMore;
    protocol::FramePtr frame = nullptr;
    MemoryLease memory = {};
    std::string reason = {};
  };

  explicit FrameReader(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)) {}

  // Takes bytes off the front of `input` until a frame is complete or the input is used up.
  Next next(std::span<const std::uint8_t>& input, std::int64_t max_bytes);

  // Where the rest of the frame under way may be read directly; empty when none is.
  std::span<std::uint8_t> space();
  void filled(std::size_t bytes) { have_ += bytes; }
  // No frame has begun.
  bool is_between_frames() const { return frame_ == nullptr && length_have_ == 0; }
  // Bytes that the frame under way still lacks.
  std::size_t missing() const { return frame_ == nullptr ? 0 : size_ - have_; }

 private:
  Next begin(std::int64_t max_bytes);
  bool grow();  // false: there is no memory

  const std::shared_ptr<MemoryBudget> budget_;
  std::array<std::uint8_t, 4> length_{};
  std::size_t length_have_ = 0;
  bool has_had_frame_ = false;
  // The frame under way: `size_` bytes long, `have_` of them here.
  protocol::FramePtr frame_;
  MemoryLease memory_;
  std::size_t size_ = 0;
  std::size_t have_ = 0;
};

}  // namespace odradek::network
