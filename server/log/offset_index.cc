#include "server/log/offset_index.h"

#include <array>

#include "base/endian.h"

namespace odradek::log {

namespace {

using Entry = std::array<std::uint8_t, OffsetIndex::kEntrySize>;

std::int32_t relative_offset(base::ByteView entry) {
  return base::load_big_endian<std::int32_t>(entry.data());
}

std::int32_t position_of(base::ByteView entry) {
  return base::load_big_endian<std::int32_t>(entry.data() + 4);
}

}  // namespace

base::Result<OffsetPosition> OffsetIndex::entry(std::size_t number) {
  Entry bytes;
  base::Status read = file_.read(number, bytes);
  if (!read.ok()) return read.error();
  return OffsetPosition{base_offset_ + relative_offset(bytes), position_of(bytes)};
}

base::Result<std::optional<OffsetPosition>> OffsetIndex::last() {
  auto count = file_.entries();
  if (!count.ok()) return count.error();
  if (*count == 0) return std::optional<OffsetPosition>();
  auto found = entry(*count - 1);
  if (!found.ok()) return found.error();
  return std::optional<OffsetPosition>(*found);
}

base::Status OffsetIndex::append(protocol::Offset offset, std::int32_t position) {
  auto newest = last();
  if (!newest.ok()) return newest.error();
  if (newest->has_value() && offset <= (*newest)->offset) return {};
  Entry bytes;
  base::store_big_endian(bytes.data(), static_cast<std::int32_t>(offset - base_offset_));
  base::store_big_endian(bytes.data() + 4, position);
  return file_.append(bytes);
}

base::Result<OffsetPosition> OffsetIndex::lookup(protocol::Offset target) {
  auto count = file_.count_while(
      [&](base::ByteView bytes) { return base_offset_ + relative_offset(bytes) <= target; });
  if (!count.ok()) return count.error();
  OffsetPosition start{base_offset_, 0};
  if (*count == 0) return start;
  auto found = entry(*count - 1);
  // Of a damaged file only the last entry was looked at; from the start everything is found too.
  if (found.ok() && found->position < 0) return start;
  return found;
}

base::Result<std::optional<OffsetPosition>> OffsetIndex::at_or_behind(std::int64_t position) {
  auto before =
      file_.count_while([&](base::ByteView bytes) { return position_of(bytes) < position; });
  if (!before.ok()) return before.error();
  auto count = file_.entries();
  if (!count.ok()) return count.error();
  if (*before >= *count) return std::optional<OffsetPosition>();
  auto found = entry(*before);
  if (!found.ok()) return found.error();
  return std::optional<OffsetPosition>(*found);
}

base::Status OffsetIndex::truncate_to(protocol::Offset offset) {
  auto count = file_.count_while(
      [&](base::ByteView bytes) { return base_offset_ + relative_offset(bytes) < offset; });
  if (!count.ok()) return count.error();
  return file_.truncate_to(*count);
}

base::Result<bool> OffsetIndex::sane(std::int64_t log_size_bytes) {
  auto well_formed = file_.well_formed();
  if (!well_formed.ok() || !*well_formed) return well_formed;
  auto newest = last();
  if (!newest.ok()) return newest.error();
  if (!newest->has_value()) return true;
  const OffsetPosition& place = **newest;
  return place.offset >= base_offset_ && place.position > 0 && place.position < log_size_bytes;
}

base::Result<bool> OffsetIndex::full(std::int32_t max_size_bytes) {
  auto count = file_.entries();
  if (!count.ok()) return count.error();
  return *count >= static_cast<std::size_t>(max_size_bytes) / kEntrySize;
}

}  // namespace odradek::log
