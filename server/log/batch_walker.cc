#include "server/log/batch_walker.h"

#include <algorithm>

namespace odradek::log {

BatchWalker::BatchWalker(CachedFile& file, std::int64_t position, std::int64_t end,
                         std::size_t read_ahead_bytes)
    : file_(&file),
      position_(position),
      end_(end),
      batch_position_(position),
      read_ahead_bytes_(std::max(read_ahead_bytes, BatchHeader::kMaxHeaderBytes)) {}

base::Result<std::optional<BatchHeader>> BatchWalker::next() {
  std::optional<BatchHeader> none;
  std::int64_t left = end_ - position_;
  if (left <= static_cast<std::int64_t>(BatchHeader::kOverheadBytes)) return none;
  auto wanted = std::min<std::int64_t>(left, BatchHeader::kMaxHeaderBytes);
  std::int64_t buffered_to = buffer_position_ + static_cast<std::int64_t>(buffer_.size());
  if (position_ < buffer_position_ || position_ + wanted > buffered_to) {
    buffer_.resize(static_cast<std::size_t>(
        std::min<std::int64_t>(left, static_cast<std::int64_t>(read_ahead_bytes_))));
    auto read = file_->read_at(position_, buffer_);
    if (!read.ok()) return read.error();
    buffer_.resize(*read);
    buffer_position_ = position_;
  }
  base::ByteView bytes(buffer_);
  bytes = bytes.subspan(static_cast<std::size_t>(position_ - buffer_position_));
  auto header = BatchHeader::parse(bytes);
  if (!header || header->size_bytes > left) return none;
  batch_position_ = position_;
  position_ += header->size_bytes;
  return header;
}

}  // namespace odradek::log
