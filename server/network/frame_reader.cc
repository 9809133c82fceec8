#include "server/network/frame_reader.h"

#include <algorithm>
#include <cstring>

#include "base/endian.h"
#include "server/network/wrong_protocol.h"

namespace odradek::network {

FrameReader::Next FrameReader::begin(std::int64_t max_bytes) {
  const auto size = base::load_big_endian<std::int32_t>(length_.data());
  if (size < 0 || size > max_bytes) {
    std::string reason;
    if (!has_had_frame_) reason = protocol_on_plaintext_port(length_);
    if (reason.empty()) {
      reason = "a frame claims a size of " + std::to_string(size) + " bytes, legal are 0 to " +
               std::to_string(max_bytes);
    }
    return {.outcome = Outcome::kRefused, .reason = std::move(reason)};
  }
  if (!budget_->is_open()) return {.outcome = Outcome::kNoMemory};
  length_have_ = 0;
  has_had_frame_ = true;
  size_ = static_cast<std::size_t>(size);
  have_ = 0;
  const std::size_t first = std::min(size_, kFirstBytes);
  memory_ = MemoryLease(budget_);
  memory_.grow_to(static_cast<std::int64_t>(first));
  frame_ = protocol::Frame::allocate(first);
  return {};
}

bool FrameReader::grow() {
  if (!budget_->may_grow()) return false;
  const std::size_t bigger = std::min(size_, 2 * frame_->size());
  memory_.grow_to(static_cast<std::int64_t>(bigger));
  protocol::FramePtr grown = protocol::Frame::allocate(bigger);
  std::memcpy(grown->data(), frame_->data(), have_);
  frame_ = std::move(grown);
  return true;
}

std::span<std::uint8_t> FrameReader::space() {
  if (frame_ == nullptr) return {};
  return frame_->bytes().subspan(have_);
}

FrameReader::Next FrameReader::next(std::span<const std::uint8_t>& input, std::int64_t max_bytes) {
  if (frame_ == nullptr) {
    const std::size_t taken = std::min(input.size(), length_.size() - length_have_);
    if (taken > 0) std::memcpy(length_.data() + length_have_, input.data(), taken);
    length_have_ += taken;
    input = input.subspan(taken);
    if (length_have_ < length_.size()) return {};
    Next begun = begin(max_bytes);
    if (begun.outcome != Outcome::kNeedMore) return begun;
  }
  while (true) {
    const std::size_t taken = std::min(input.size(), frame_->size() - have_);
    if (taken > 0) std::memcpy(frame_->data() + have_, input.data(), taken);
    have_ += taken;
    input = input.subspan(taken);
    if (have_ == size_) break;
    if (have_ < frame_->size()) return {};
    if (!grow()) {
      return {.outcome = Outcome::kRefused,
              .reason = "requests under way take all memory (queued.max.request.bytes)"};
    }
  }
  return {.outcome = Outcome::kFrame, .frame = std::move(frame_), .memory = std::move(memory_)};
}

}  // namespace odradek::network
