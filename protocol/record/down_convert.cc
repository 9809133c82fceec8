#include "protocol/record/down_convert.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/endian.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/legacy.h"

namespace odradek::protocol {

DownConverter::DownConverter(base::ByteView batches, std::int8_t to_magic, Offset first_offset,
                             RecordLimits limits)
    : reader_(batches), to_magic_(to_magic), first_offset_(first_offset), limits_(limits) {
  CHECK(to_magic == 0 || to_magic == 1);
}

base::Result<base::Bytes> DownConverter::next(std::size_t max_input_bytes) {
  if (!failure_.ok()) return failure_.error();
  base::Bytes out;
  std::size_t begin = reader_.position();
  // A chunk that gave nothing (only markers) must not look like the end.
  while (out.empty() || reader_.position() - begin < max_input_bytes) {
    auto batch = reader_.next();
    if (batch && !*batch) break;
    std::size_t before = out.size();
    failure_ = batch ? convert(**batch, out) : base::Status(batch.error());
    if (failure_.ok()) {
      position_ = reader_.position();
      continue;
    }
    out.resize(before);
    // What came before is good; the failure is for who comes back for more.
    if (out.empty()) return failure_.error();
    break;
  }
  return out;
}

base::Status DownConverter::convert(const BatchView& batch, base::Bytes& out) {
  if (batch.is_control()) return {};
  auto codec = batch.codec();
  if (codec == CompressionType::kZstd) {
    return base::Error(ErrorCode::kUnsupportedCompressionType,
                       "batch at offset " + std::to_string(batch.base_offset()) +
                           " is compressed with zstd, which this fetch version cannot read");
  }
  if (batch.magic() <= to_magic_) {
    base::ByteView bytes = batch.bytes();
    out.insert(out.end(), bytes.begin(), bytes.end());
    return {};
  }
  RecordIterator records(batch, limits_);
  std::optional<LegacySetBuilder> builder;
  auto finish_set = [&]() -> base::Status {
    records_converted_ += builder->record_count();
    auto built = builder->build();
    if (!built) return built.error();
    out.insert(out.end(), built->begin(), built->end());
    builder.reset();
    return {};
  };
  while (const Record* record = records.next()) {
    if (!batch.is_compressed() && record->offset < first_offset_) continue;
    if (!builder) {
      builder.emplace(LegacySetOptions{.magic = to_magic_,
                                       .codec = *codec,
                                       .timestamp_type = batch.timestamp_type(),
                                       .log_append_time = batch.max_timestamp(),
                                       .base_offset = record->offset});
    }
    builder->append(record->offset, record->timestamp, record->key, record->value);
    if (builder->size_bytes() < kMaxSetBytes) continue;
    if (base::Status finished = finish_set(); !finished) return finished;
  }
  if (!records.status().ok()) return records.status();
  return builder ? finish_set() : base::Status();
}

base::Bytes partial_entry_filler(std::size_t left_bytes, std::size_t max_bytes) {
  base::Bytes filler(std::min(left_bytes, max_bytes));
  if (filler.size() < batch_layout::kLogOverhead) return filler;
  std::size_t stated = std::max(left_bytes + 1, batch_layout::kBatchOverhead);
  CHECK_LE(stated, static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()));
  base::store_big_endian(filler.data() + batch_layout::kOffset, std::int64_t{-1});
  base::store_big_endian(filler.data() + batch_layout::kLength, static_cast<std::int32_t>(stated));
  return filler;
}

}  // namespace odradek::protocol
