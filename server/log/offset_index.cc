#include "server/log/offset_index.h"

#include <array>

#include "base/endian.h"

namespace odradek::log {

namespace {

using Entry = std::array<std::uint8_t, OffsetIndex::kEntrySize>;
constexpr IndexFile::Key kOffset{.at = 0, .size_bytes = 4};  // relative to the segment's
constexpr IndexFile::Key kPosition{.at = 4, .size_bytes = 4};

std::int32_t relative_offset(base::ByteView entry) {
  return base::load_big_endian<std::int32_t>(entry.data());
}

std::int32_t position_of(base::ByteView entry) {
  return base::load_big_endian<std::int32_t>(entry.data() + 4);
}

}  // namespace

OffsetPosition OffsetIndex::decode(const IndexFile::Entry& bytes) const {
  return {base_offset_ + relative_offset(bytes), position_of(bytes)};
}

base::Result<std::optional<OffsetPosition>> OffsetIndex::entry(std::size_t number) {
  auto found = file_.read(number);
  if (!found.ok()) return found.error();
  return found->has_value() ? std::optional(decode(**found)) : std::nullopt;
}

base::Result<std::optional<OffsetPosition>> OffsetIndex::last() {
  auto found = file_.last();
  if (!found.ok()) return found.error();
  return found->has_value() ? std::optional(decode(**found)) : std::nullopt;
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
  auto found = neighbours(target);
  if (!found.ok()) return found.error();
  return found->before;
}

base::Result<OffsetIndex::Neighbours> OffsetIndex::neighbours(protocol::Offset target) {
  auto found =
      file_.find(kOffset, IndexFile::relative(IndexFile::bound_behind(target), base_offset_));
  if (!found.ok()) return found.error();
  Neighbours around{{base_offset_, 0}, std::nullopt};
  if (found->behind) around.behind = decode(*found->behind);
  // Of a damaged file only the last entry was looked at; from the start everything is found too.
  if (found->before && position_of(*found->before) >= 0) around.before = decode(*found->before);
  return around;
}

base::Result<std::optional<OffsetIndex::Bounds>> OffsetIndex::bounds_in_full(
    protocol::Offset target) {
  std::optional<Bounds> bounds;
  auto found = file_.find(kOffset, IndexFile::relative(target, base_offset_));
  if (!found.ok()) return found.error();
  // The first entry is of the second batch, and the target may lie in the first.
  if (!found->behind || !found->before) return bounds;
  bounds = Bounds{.position = position_of(*found->behind)};
  auto next = entry(found->count + 1);
  if (!next.ok()) return next.error();
  if (next->has_value()) bounds->next_position = (*next)->position;
  return bounds;
}

base::Result<std::optional<OffsetPosition>> OffsetIndex::at_or_behind(std::int64_t position) {
  auto found = file_.find(kPosition, position);
  if (!found.ok()) return found.error();
  return found->behind ? std::optional(decode(*found->behind)) : std::nullopt;
}

base::Status OffsetIndex::truncate_to(protocol::Offset offset) {
  auto found = file_.find(kOffset, IndexFile::relative(offset, base_offset_));
  if (!found.ok()) return found.error();
  return file_.truncate_to(found->count);
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
