#include "protocol/record/decompressed_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "protocol/errors.h"

namespace odradek::protocol {
namespace {

constexpr std::size_t kWindowSize = 65536;

}  // namespace

DecompressedStream::DecompressedStream(CompressionType codec, base::ByteView payload,
                                       bool old_lz4_header, std::size_t max_total_bytes)
    : decompressor_(codec),
      window_(std::make_unique_for_overwrite<std::uint8_t[]>(kWindowSize)),
      capacity_(kWindowSize),
      budget_(max_total_bytes) {
  status_ = decompressor_->start(payload, old_lz4_header);
  ended_ = !status_.ok();
}

void DecompressedStream::want(std::size_t size) {
  while (end_ - begin_ < size && !ended_) {
    make_room(size);
    if (!fill()) return;
  }
}

// The window moves to its front, and doubles only once it is full of bytes that arrived.
void DecompressedStream::make_room(std::size_t wanted) {
  if (end_ < capacity_ && begin_ + wanted <= capacity_) return;
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
