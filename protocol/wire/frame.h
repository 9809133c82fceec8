// Frame: one message as it came from or goes to a socket, in one contiguous buffer that nobody
// cleared first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace odradek::protocol {

class Frame;
using FramePtr = std::shared_ptr<Frame>;

// The bytes behind the four of the length. Whoever holds a FramePtr keeps every view into it valid.
class Frame {
 public:
  // `size_bytes` must be bounded by the caller (socket.request.max.bytes) before it comes here.
  static FramePtr allocate(std::size_t size_bytes) { return std::make_shared<Frame>(size_bytes); }

  explicit Frame(std::size_t size_bytes)
      : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(size_bytes)), size_(size_bytes) {}
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  std::uint8_t* data() { return bytes_.get(); }
  const std::uint8_t* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }
  std::span<std::uint8_t> bytes() { return {bytes_.get(), size_}; }
  std::span<const std::uint8_t> bytes() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t size_;
};

}  // namespace odradek::protocol
