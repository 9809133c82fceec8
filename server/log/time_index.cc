#include "server/log/time_index.h"

#include <array>

#include "base/endian.h"

namespace odradek::log {

namespace {

using Entry = std::array<std::uint8_t, TimeIndex::kEntrySize>;
constexpr IndexFile::Key kTimestamp{.at = 0, .size_bytes = 8};
constexpr IndexFile::Key kOffset{.at = 8, .size_bytes = 4};  // relative to the segment's

std::int64_t timestamp(base::ByteView entry) {
  return base::load_big_endian<std::int64_t>(entry.data());
}
std::int32_t relative_offset(base::ByteView entry) {
  return base::load_big_endian<std::int32_t>(entry.data() + 8);
}

}  // namespace

TimestampOffset TimeIndex::decode(const IndexFile::Entry& bytes) const {
  return {timestamp(bytes), base_offset_ + relative_offset(bytes)};
}

base::Result<std::optional<TimestampOffset>> TimeIndex::last() {
  auto found = file_.last();
  if (!found.ok()) return found.error();
  return found->has_value() ? std::optional(decode(**found)) : std::nullopt;
}

base::Status TimeIndex::append(std::int64_t timestamp_ms, protocol::Offset offset) {
  if (timestamp_ms < 0) return {};
  auto newest = last();
  if (!newest.ok()) return newest.error();
  if (newest->has_value() &&
      (timestamp_ms <= (*newest)->timestamp_ms || offset <= (*newest)->offset)) {
    return {};
  }
  Entry bytes;
  base::store_big_endian(bytes.data(), timestamp_ms);
  base::store_big_endian(bytes.data() + 8, static_cast<std::int32_t>(offset - base_offset_));
  return file_.append(bytes);
}

base::Result<TimestampOffset> TimeIndex::lookup(std::int64_t timestamp_ms) {
  auto found = file_.find(kTimestamp, IndexFile::bound_behind(timestamp_ms));
  if (!found.ok()) return found.error();
  if (!found->before) return TimestampOffset{protocol::kNoTimestamp, base_offset_};
  return decode(*found->before);
}

base::Status TimeIndex::truncate_to(protocol::Offset offset) {
  auto found = file_.find(kOffset, IndexFile::relative(offset, base_offset_));
  if (!found.ok()) return found.error();
  return file_.truncate_to(found->count);
}

base::Result<bool> TimeIndex::sane() {
  auto well_formed = file_.well_formed();
  if (!well_formed.ok() || !*well_formed) return well_formed;
  auto newest = last();
  if (!newest.ok()) return newest.error();
  if (!newest->has_value()) return true;
  auto oldest = file_.read(0);
  if (!oldest.ok()) return oldest.error();
  return (*newest)->offset >= base_offset_ && (*newest)->timestamp_ms >= timestamp(**oldest);
}

base::Result<bool> TimeIndex::full(std::int32_t max_size_bytes) {
  auto count = file_.entries();
  if (!count.ok()) return count.error();
  // One is kept for the entry that ends a segment.
  return *count + 1 >= static_cast<std::size_t>(max_size_bytes) / kEntrySize;
}

}  // namespace odradek::log
