// BatchView: the header fields of one record batch (magic 2) or message (magic 0, 1) where they
// lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/endian.h"
#include "base/result.h"
#include "protocol/record/compression/codec.h"
#include "protocol/types.h"

namespace odradek::protocol {

enum class TimestampType : std::int8_t { kCreateTime = 0, kLogAppendTime = 1 };

constexpr std::int64_t kNoProducerId = -1;
constexpr std::int16_t kNoProducerEpoch = -1;
constexpr std::int32_t kNoSequence = -1;

// Where the fields of an entry of the log begin, in bytes.
namespace batch_layout {
// Every magic: int64 offset, int32 size of what follows, then (magic 2) the leader epoch or
// (magic 0, 1) the CRC, then the magic byte.
constexpr std::size_t kOffset = 0;
constexpr std::size_t kLength = 8;
constexpr std::size_t kLogOverhead = 12;
constexpr std::size_t kMagic = 16;
constexpr std::size_t kSizeUpToMagic = 17;
// Magic 2.
constexpr std::size_t kPartitionLeaderEpoch = 12;
constexpr std::size_t kCrc = 17;
constexpr std::size_t kAttributes = 21;
constexpr std::size_t kLastOffsetDelta = 23;
constexpr std::size_t kBaseTimestamp = 27;
constexpr std::size_t kMaxTimestamp = 35;
constexpr std::size_t kProducerId = 43;
constexpr std::size_t kProducerEpoch = 51;
constexpr std::size_t kBaseSequence = 53;
constexpr std::size_t kRecordCount = 57;
constexpr std::size_t kBatchOverhead = 61;
// Magic 0 and 1.
constexpr std::size_t kLegacyCrc = 12;
constexpr std::size_t kLegacyAttributes = 17;
constexpr std::size_t kLegacyTimestamp = 18;
constexpr std::size_t kLegacyOverheadV0 = 26;  // log overhead, header, key size, value size
constexpr std::size_t kLegacyOverheadV1 = 34;
// Attributes.
constexpr std::int16_t kCodecMask = 0x07;
constexpr std::int16_t kTimestampTypeMask = 0x08;
constexpr std::int16_t kTransactionalMask = 0x10;
constexpr std::int16_t kControlMask = 0x20;
constexpr std::int16_t kDeleteHorizonMask = 0x40;
}  // namespace batch_layout

// Sequences run from 0 to 2^31-1 and start again at 0.
std::int32_t increment_sequence(std::int32_t sequence, std::int32_t increment);
std::int32_t decrement_sequence(std::int32_t sequence, std::int32_t decrement);

// Offsets that came from outside may be near the end of the numbers; the sum wraps.
constexpr Offset add_offsets(Offset offset, std::int64_t delta) {
  return static_cast<Offset>(static_cast<std::uint64_t>(offset) +
                             static_cast<std::uint64_t>(delta));
}

// A look at one entry. The bytes must hold the whole header of the entry's magic (61, 18 or 26
// bytes); next_batch() and batch_header() see to that. What needs the records says so.
// For magic 0 and 1 the fields that did not exist yet read as their "none" values.
class BatchView {
 public:
  BatchView() = default;
  explicit BatchView(base::ByteView bytes) : data_(bytes.data()), available_(bytes.size()) {}

  std::int8_t magic() const { return static_cast<std::int8_t>(data_[batch_layout::kMagic]); }
  bool is_legacy() const { return magic() < 2; }
  // The size of the whole entry by its length field.
  std::size_t size_bytes() const {
    return batch_layout::kLogOverhead +
           static_cast<std::uint32_t>(get<std::int32_t>(batch_layout::kLength));
  }
  // Whether the bytes behind this view reach to the end of the entry.
  bool is_whole() const { return available_ >= size_bytes(); }
  // The whole entry; CHECKs is_whole().
  base::ByteView bytes() const;
  // What follows the header (magic 2), compressed or not; CHECKs is_whole().
  base::ByteView payload() const;

  // Magic 2: of the first record. Magic 0, 1: the offset field, which is that of the last record.
  Offset base_offset() const { return get<std::int64_t>(batch_layout::kOffset); }
  Offset last_offset() const { return add_offsets(base_offset(), last_offset_delta()); }
  Offset next_offset() const { return add_offsets(last_offset(), 1); }
  std::int32_t last_offset_delta() const {
    return is_legacy() ? 0 : get<std::int32_t>(batch_layout::kLastOffsetDelta);
  }
  LeaderEpoch partition_leader_epoch() const {
    return is_legacy() ? kNoLeaderEpoch : get<std::int32_t>(batch_layout::kPartitionLeaderEpoch);
  }
  std::uint32_t crc() const {
    return get<std::uint32_t>(is_legacy() ? batch_layout::kLegacyCrc : batch_layout::kCrc);
  }
  std::int16_t attributes() const {
    return is_legacy() ? static_cast<std::int8_t>(data_[batch_layout::kLegacyAttributes])
                       : get<std::int16_t>(batch_layout::kAttributes);
  }
  // The codec's id as it stands, which may be one that nobody defined.
  int codec_id() const { return attributes() & batch_layout::kCodecMask; }
  std::optional<CompressionType> codec() const { return codec_from_id(codec_id()); }
  bool is_compressed() const { return codec_id() != 0; }
  TimestampType timestamp_type() const {
    return magic() > 0 && (attributes() & batch_layout::kTimestampTypeMask)
               ? TimestampType::kLogAppendTime
               : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return has_attribute(batch_layout::kTransactionalMask); }
  bool is_control() const { return has_attribute(batch_layout::kControlMask); }
  bool has_delete_horizon() const { return has_attribute(batch_layout::kDeleteHorizonMask); }
  // When tombstones and markers of this compacted batch may go; base_timestamp then holds it.
  std::optional<std::int64_t> delete_horizon_ms() const;
  std::int64_t base_timestamp() const {
    return is_legacy() ? max_timestamp() : get<std::int64_t>(batch_layout::kBaseTimestamp);
  }
  std::int64_t max_timestamp() const;
  std::int64_t producer_id() const {
    return is_legacy() ? kNoProducerId : get<std::int64_t>(batch_layout::kProducerId);
  }
  bool has_producer_id() const { return producer_id() > kNoProducerId; }
  std::int16_t producer_epoch() const {
    return is_legacy() ? kNoProducerEpoch : get<std::int16_t>(batch_layout::kProducerEpoch);
  }
  std::int32_t base_sequence() const {
    return is_legacy() ? kNoSequence : get<std::int32_t>(batch_layout::kBaseSequence);
  }
  std::int32_t last_sequence() const;
  // Magic 2 only; -1 for older ones, whose count is known only after decompression.
  std::int32_t record_count() const {
    return is_legacy() ? -1 : get<std::int32_t>(batch_layout::kRecordCount);
  }

  // CORRUPT_MESSAGE unless the stored checksum is that of the bytes. CHECKs is_whole().
  base::Status check_crc() const;

 protected:
  template <class T>
  T get(std::size_t position) const {
    return base::load_big_endian<T>(data_ + position);
  }
  bool has_attribute(std::int16_t mask) const { return !is_legacy() && (attributes() & mask); }
  std::uint32_t compute_crc() const;

  const std::uint8_t* data_ = nullptr;
  std::size_t available_ = 0;
};

// A BatchView whose bytes may be written. CHECKs that the entry is whole.
class MutableBatch : public BatchView {
 public:
  explicit MutableBatch(base::MutableBytes bytes);

  // These lie outside of what the CRC covers.
  void set_base_offset(Offset offset);
  // The offset of the last record (magic 0, 1: the offset field).
  void set_last_offset(Offset offset) {
    set_base_offset(add_offsets(offset, -std::int64_t{last_offset_delta()}));
  }
  void set_partition_leader_epoch(LeaderEpoch epoch);  // magic 2 only

  // Magic 1 and 2. Touches the bytes, and computes the CRC again, only when something changes.
  void set_max_timestamp(TimestampType type, std::int64_t timestamp);
  // Computes the CRC again, for who wrote other fields.
  void update_crc();
};

// The entry at the start of `bytes`, whole. nullopt when the bytes end before it does (a partial
// entry at the end of a fetch or produce is legal and left out). CORRUPT_MESSAGE when the size is
// less than the magic's header needs or the magic is not 0, 1 or 2. The CRC is not checked.
base::Result<std::optional<BatchView>> next_batch(base::ByteView bytes);

// As next_batch(), when only the head of the entry is at hand (61 bytes suffice for every magic; an
// entry of magic 0 may be shorter and still be seen).
base::Result<std::optional<BatchView>> batch_header(base::ByteView head);

// Walks the whole entries of a buffer.
class BatchReader {
 public:
  explicit BatchReader(base::ByteView bytes) : bytes_(bytes) {}

  // nullopt at the end, and when what is left is only the start of an entry.
  base::Result<std::optional<BatchView>> next();
  // Bytes of the whole entries that next() has returned.
  std::size_t position() const { return position_; }

 private:
  base::ByteView bytes_;
  std::size_t position_ = 0;
};

}  // namespace odradek::protocol
