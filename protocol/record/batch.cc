#include "protocol/record/batch.h"

#include <limits>
#include <string>

#include "base/crc32c.h"
#include "base/log.h"
#include "protocol/errors.h"

namespace odradek::protocol {
namespace {

namespace layout = batch_layout;

constexpr std::int8_t kCurrentMagic = 2;

// The least that an entry of this magic can be.
std::size_t min_entry_size(std::int8_t magic) {
  if (magic == 0) return layout::kLegacyOverheadV0;
  return magic == 1 ? layout::kLegacyOverheadV1 : layout::kBatchOverhead;
}

base::Error corrupt(std::string message) {
  return base::Error(ErrorCode::kCorruptMessage, std::move(message));
}

}  // namespace

std::int32_t increment_sequence(std::int32_t sequence, std::int32_t increment) {
  auto sum = static_cast<std::uint32_t>(sequence) + static_cast<std::uint32_t>(increment);
  return static_cast<std::int32_t>(sum & 0x7FFFFFFFU);
}

std::int32_t decrement_sequence(std::int32_t sequence, std::int32_t decrement) {
  auto difference = static_cast<std::uint32_t>(sequence) - static_cast<std::uint32_t>(decrement);
  return static_cast<std::int32_t>(difference & 0x7FFFFFFFU);
}

base::ByteView BatchView::bytes() const {
  CHECK(is_whole()) << "only " << available_ << " of " << size_bytes() << " bytes are at hand";
  return {data_, size_bytes()};
}

base::ByteView BatchView::payload() const { return bytes().subspan(layout::kBatchOverhead); }

std::optional<std::int64_t> BatchView::delete_horizon_ms() const {
  if (!has_delete_horizon()) return std::nullopt;
  return base_timestamp();
}

std::int64_t BatchView::max_timestamp() const {
  if (magic() == 0) return kNoTimestamp;
  return get<std::int64_t>(magic() == 1 ? layout::kLegacyTimestamp : layout::kMaxTimestamp);
}

std::int32_t BatchView::last_sequence() const {
  std::int32_t base = base_sequence();
  return base == kNoSequence ? kNoSequence : increment_sequence(base, last_offset_delta());
}

std::uint32_t BatchView::compute_crc() const {
  base::ByteView whole = bytes();
  if (is_legacy()) return base::crc32(whole.subspan(layout::kMagic));
  return base::crc32c(whole.subspan(layout::kAttributes));
}

base::Status BatchView::check_crc() const {
  std::uint32_t computed = compute_crc();
  if (computed == crc()) return {};
  return corrupt("batch at offset " + std::to_string(base_offset()) + ": stored checksum " +
                 std::to_string(crc()) + ", that of the bytes is " + std::to_string(computed));
}

MutableBatch::MutableBatch(base::MutableBytes bytes) : BatchView(bytes) { CHECK(is_whole()); }

// The bytes came as writable ones.
void MutableBatch::set_base_offset(Offset offset) {
  base::store_big_endian(const_cast<std::uint8_t*>(data_) + layout::kOffset, offset);
}

void MutableBatch::set_partition_leader_epoch(LeaderEpoch epoch) {
  CHECK(!is_legacy()) << "magic " << int{magic()} << " has no leader epoch";
  base::store_big_endian(const_cast<std::uint8_t*>(data_) + layout::kPartitionLeaderEpoch, epoch);
}

void MutableBatch::set_max_timestamp(TimestampType type, std::int64_t timestamp) {
  CHECK_GT(int{magic()}, 0) << "magic 0 has no timestamp";
  if (timestamp_type() == type && max_timestamp() == timestamp) return;
  auto* data = const_cast<std::uint8_t*>(data_);
  // The low byte of the attributes holds every flag there is.
  std::uint8_t& flags = data[is_legacy() ? layout::kLegacyAttributes : layout::kAttributes + 1];
  constexpr auto kMask = static_cast<std::uint8_t>(layout::kTimestampTypeMask);
  flags = type == TimestampType::kLogAppendTime ? flags | kMask
                                                : static_cast<std::uint8_t>(flags & ~kMask);
  base::store_big_endian(data + (is_legacy() ? layout::kLegacyTimestamp : layout::kMaxTimestamp),
                         timestamp);
  update_crc();
}

void MutableBatch::update_crc() {
  std::size_t at = is_legacy() ? layout::kLegacyCrc : layout::kCrc;
  base::store_big_endian(const_cast<std::uint8_t*>(data_) + at, compute_crc());
}

base::Result<std::optional<BatchView>> batch_header(base::ByteView head) {
  if (head.size() < layout::kLogOverhead) return std::optional<BatchView>();
  auto length = base::load_big_endian<std::int32_t>(head.data() + layout::kLength);
  constexpr auto kLeast =
      static_cast<std::int32_t>(layout::kLegacyOverheadV0 - layout::kLogOverhead);
  if (length < kLeast) {
    return corrupt("entry states a size of " + std::to_string(length) +
                   " bytes, less than any header");
  }
  if (head.size() < layout::kSizeUpToMagic) return std::optional<BatchView>();
  BatchView view(head);
  if (view.magic() < 0 || view.magic() > kCurrentMagic) {
    return corrupt("entry of unknown magic " + std::to_string(view.magic()));
  }
  std::size_t least = min_entry_size(view.magic());
  if (view.size_bytes() < least) {
    return corrupt("entry of magic " + std::to_string(view.magic()) + " states only " +
                   std::to_string(view.size_bytes()) + " bytes");
  }
  if (head.size() < least) return std::optional<BatchView>();
  return std::optional<BatchView>(view);
}

base::Result<std::optional<BatchView>> next_batch(base::ByteView bytes) {
  auto header = batch_header(bytes);
  if (!header || !*header) return header;
  if (!(*header)->is_whole()) return std::optional<BatchView>();
  return std::optional<BatchView>(BatchView((*header)->bytes()));
}

base::Result<std::optional<BatchView>> BatchReader::next() {
  auto batch = next_batch(bytes_.subspan(position_));
  if (batch && *batch) position_ += (*batch)->size_bytes();
  return batch;
}

}  // namespace odradek::protocol
