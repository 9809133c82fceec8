#include "server/log/cleaner/batch_source.h"

#include <algorithm>
#include <string>

#include "protocol/errors.h"
#include "protocol/record/batch.h"
#include "server/log/batch_header.h"

namespace odradek::log {

BatchSource::BatchSource(Segment& segment, std::int64_t position, base::Bytes& buffer)
    : segment_(segment), buffer_(buffer), position_(position), end_(segment.size_bytes()) {
  if (buffer_.size() < BatchHeader::kMaxHeaderBytes) buffer_.resize(BatchHeader::kMaxHeaderBytes);
}

base::Error BatchSource::broken(std::int64_t position, const std::string& why) const {
  return base::Error(
      protocol::ErrorCode::kCorruptMessage,
      segment_.log_file().path() + " is broken at byte " + std::to_string(position) + ": " + why);
}

std::int64_t BatchSource::next_read_bytes() const {
  return std::min(end_ - position_, static_cast<std::int64_t>(buffer_.size()));
}

base::Result<std::size_t> BatchSource::check(base::ByteView bytes) const {
  protocol::BatchReader reader(bytes);
  for (;;) {
    auto at = position_ + static_cast<std::int64_t>(reader.position());
    auto batch = reader.next();
    if (!batch.ok()) return broken(at, batch.error().message);
    if (!batch->has_value()) return reader.position();
    base::Status intact = (*batch)->check_crc();
    if (!intact.ok()) return broken(at, intact.error().message);
    if (!BatchHeader::parse((*batch)->bytes())) return broken(at, "its offsets are impossible");
  }
}

base::Status BatchSource::grow(base::ByteView head) {
  auto header = protocol::batch_header(head);
  if (!header.ok()) return broken(position_, header.error().message);
  if (!header->has_value()) return broken(position_, "ends in the middle of a batch's header");
  std::size_t size = (*header)->size_bytes();
  if (static_cast<std::int64_t>(size) > end_ - position_) {
    return broken(position_, "a batch of " + std::to_string(size) + " bytes, but " +
                                 std::to_string(end_ - position_) + " are left");
  }
  buffer_.resize(size);
  return {};
}

base::Result<base::ByteView> BatchSource::next() {
  while (position_ < end_) {
    base::MutableBytes into(buffer_.data(), static_cast<std::size_t>(next_read_bytes()));
    auto read = segment_.log_file().read_at(position_, into);
    if (!read.ok()) return read.error();
    if (*read < into.size()) return broken(position_, "the file is shorter than the segment");
    auto whole = check(into);
    if (!whole.ok()) return whole.error();
    if (*whole > 0) {
      position_ += static_cast<std::int64_t>(*whole);
      return base::ByteView(into.first(*whole));
    }
    base::Status grown = grow(into);
    if (!grown.ok()) return grown.error();
  }
  return base::ByteView();
}

}  // namespace odradek::log
