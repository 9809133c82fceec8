#include "protocol/record/decompressed_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "protocol/errors.h"

namespace odradek::protocol {
namespace {

// Room for a whole lz4 or snappy block behind the start of a record, so that blocks are
// decompressed right into the window.
constexpr std::size_t kWindowSize = 131072;
constexpr std::size_t kMaxIdleWindows = 4;

using Window = std::unique_ptr<std::uint8_t[]>;

// Windows of this thread's earlier walks: fresh ones would cost page faults for every batch.
std::vector<Window>& idle_windows() {
  thread_local std::vector<Window> windows;
  return windows;
}

Window take_window() {
  auto& idle = idle_windows();
  if (idle.empty()) return std::make_unique_for_overwrite<std::uint8_t[]>(kWindowSize);
  Window window = std::move(idle.back());
  idle.pop_back();
  return window;
}

}  // namespace

DecompressedStream::DecompressedStream(CompressionType codec, base::ByteView payload,
                                       bool old_lz4_header, std::size_t max_total_bytes)
    : decompressor_(codec),
      window_(take_window()),
      capacity_(kWindowSize),
      budget_(max_total_bytes) {
  status_ = decompressor_->start(payload, old_lz4_header);
  ended_ = !status_.ok();
}

DecompressedStream::~DecompressedStream() {
  auto& idle = idle_windows();
  if (capacity_ == kWindowSize && idle.size() < kMaxIdleWindows) idle.push_back(std::move(window_));
}

void DecompressedStream::want(std::size_t size) {
  while (end_ - begin_ < size && !ended_) {
    make_room(size);
    if (!fill()) return;
  }
}

// The window moves to its front, and doubles only once it is full of bytes that arrived.
void DecompressedStream::make_room(std::size_t wanted) {
  std::size_t held = end_ - begin_;
  if (begin_ > 0) {
    std::memmove(window_.get(), window_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
  if (held < capacity_) return;
  std::size_t larger = std::max(std::min(wanted, capacity_ * 2), capacity_ + 1);
  auto window = std::make_unique_for_overwrite<std::uint8_t[]>(larger);
  std::memcpy(window.get(), window_.get(), held);
  window_ = std::move(window);
  capacity_ = larger;
}

bool DecompressedStream::fill() {
  auto read = decompressor_->read({window_.get() + end_, capacity_ - end_});
  if (!read) {
    status_ = read.error();
    ended_ = true;
    return false;
  }
  if (*read == 0) {
    ended_ = true;
    return false;
  }
  if (*read > budget_) {
    status_ = base::Error(ErrorCode::kCorruptMessage,
                          "compressed payload expands beyond every sensible size");
    ended_ = true;
    return false;
  }
  budget_ -= *read;
  end_ += *read;
  return true;
}

bool DecompressedStream::skip(std::size_t size) {
  while (size > 0) {
    if (begin_ == end_) {
      begin_ = end_ = 0;
      if (ended_ || !fill()) return false;
    }
    std::size_t step = std::min(size, end_ - begin_);
    begin_ += step;
    size -= step;
  }
  return true;
}

bool DecompressedStream::at_end() {
  if (begin_ < end_) return false;
  want(1);
  return begin_ == end_;
}

}  // namespace odradek::protocol
