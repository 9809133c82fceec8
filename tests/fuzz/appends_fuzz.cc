#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>

#include "base/log.h"
#include "protocol/record/down_convert.h"
#include "protocol/record/record_iterator.h"
#include "protocol/record/validate.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/record_sets.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

using protocol::BatchView;
using protocol::CompressionType;
using protocol::TimestampType;
using protocol::ValidatedRecords;
using protocol::ValidationOptions;

constexpr std::int64_t kNow = 1700000000000;
constexpr protocol::Offset kFirst = 1000;
constexpr protocol::LeaderEpoch kEpoch = 5;

ValidationOptions options_of(Choices& choices) {
  static constexpr std::array<std::int16_t, 6> kVersions{-1, 0, 2, 3, 7, 11};
  static constexpr std::array<std::int8_t, 6> kMagics{2, 2, 2, 2, 1, 0};
  static constexpr std::array<std::optional<CompressionType>, 8> kCodecs{
      std::nullopt,           std::nullopt,           std::nullopt,
      CompressionType::kNone, CompressionType::kGzip, CompressionType::kSnappy,
      CompressionType::kLz4,  CompressionType::kZstd};
  static constexpr std::array<std::int64_t, 4> kDistances{std::numeric_limits<std::int64_t>::max(),
                                                          std::numeric_limits<std::int64_t>::max(),
                                                          3600'000, 0};
  static constexpr std::array<std::int32_t, 4> kSizes{std::numeric_limits<std::int32_t>::max(),
                                                      1'048'588, 500, 0};
  ValidationOptions options;
  options.produce_version = choices.one_of<std::int16_t>(kVersions);
  options.target_magic = choices.one_of<std::int8_t>(kMagics);
  options.target_codec = choices.one_of<std::optional<CompressionType>>(kCodecs);
  options.timestamp_before_max_ms = choices.one_of<std::int64_t>(kDistances);
  options.timestamp_after_max_ms = choices.one_of<std::int64_t>(kDistances);
  options.max_message_bytes = choices.one_of<std::int32_t>(kSizes);
  std::uint8_t flags = choices.byte();
  options.zstd_allowed = (flags & 1) == 0;
  options.compacted_topic = (flags & 2) != 0;
  if ((flags & 4) != 0) options.timestamp_type = TimestampType::kLogAppendTime;
  options.now_ms = kNow;
  return options;
}

// What consumers read of what was appended: every offset from the first on, in order.
std::int32_t read_appended(const BatchView& batch, protocol::Offset first,
                           const ValidationOptions& options) {
  std::int32_t count = 0;
  protocol::RecordIterator records(batch);
  while (const protocol::Record* record = records.next()) {
    CHECK_EQ(record->offset, first + count);
    if (options.timestamp_type == TimestampType::kLogAppendTime && batch.magic() > 0) {
      CHECK_EQ(record->timestamp, kNow);
    }
    CHECK(!options.compacted_topic || record->key) << "a record without key";
    ++count;
  }
  CHECK(records.status().ok()) << records.status().error().message;
  return count;
}

void check_header(const BatchView& batch, const ValidatedRecords& validated,
                  const ValidationOptions& options) {
  CHECK_EQ(batch.magic(), options.target_magic);
  CHECK(batch.check_crc().ok()) << "the checksum of appended records";
  CHECK_LE(batch.size_bytes(), static_cast<std::size_t>(options.max_message_bytes));
  CHECK(batch.codec() == options.target_codec.value_or(validated.source_codec));
  CHECK(options.zstd_allowed || batch.codec() != CompressionType::kZstd);
  if (batch.magic() > 0) CHECK(batch.timestamp_type() == options.timestamp_type);
  if (batch.is_legacy()) return;
  CHECK(!batch.is_control());
  CHECK_EQ(batch.partition_leader_epoch(), kEpoch);
  CHECK_EQ(batch.base_offset(), kFirst);
  CHECK_EQ(batch.last_offset_delta() + 1, batch.record_count());
}

// Whether a producer claims what only a broker may. Kafka takes that for the time of every record
// if it is in range, and then drops the claim: what the records say themselves may differ.
bool claims_log_append_time(base::ByteView set) {
  protocol::BatchReader reader(set);
  for (auto batch = reader.next(); batch && *batch; batch = reader.next()) {
    if ((*batch)->timestamp_type() == TimestampType::kLogAppendTime) return true;
  }
  return false;
}

void check_times(const ValidatedRecords& validated) {
  protocol::BatchReader reader(validated.records);
  std::int64_t max_timestamp = protocol::kNoTimestamp;
  for (auto batch = *reader.next(); batch; batch = *reader.next()) {
    if (batch->magic() == 0) return;
    std::int64_t largest = protocol::kNoTimestamp;
    protocol::RecordIterator records(*batch);
    while (const protocol::Record* record = records.next()) {
      largest = std::max(largest, record->timestamp);
    }
    CHECK_EQ(batch->max_timestamp(), largest);
    max_timestamp = std::max(max_timestamp, largest);
  }
  CHECK_EQ(validated.max_timestamp, max_timestamp);
  bool known = max_timestamp != protocol::kNoTimestamp;
  if (known) CHECK_GE(validated.offset_of_max_timestamp, kFirst);
}

void check_appended(const ValidatedRecords& validated, const ValidationOptions& options) {
  protocol::BatchReader reader(validated.records);
  protocol::Offset next = kFirst;
  while (true) {
    auto batch = reader.next();
    CHECK(batch.ok()) << batch.error().message;
    if (!*batch) break;
    check_header(**batch, validated, options);
    next += read_appended(**batch, next, options);
    CHECK_EQ((*batch)->next_offset(), next);
  }
  CHECK_EQ(reader.position(), validated.records.size()) << "appended records end within a batch";
  CHECK_EQ(next, kFirst + validated.record_count);
  CHECK_EQ(validated.last_offset, next - 1);
  CHECK_LE(validated.offset_of_max_timestamp, validated.last_offset);
}

// As an old consumer reads what was appended, from its second record on.
void check_converted(base::ByteView set, std::int8_t magic, std::int32_t count) {
  protocol::Offset from = kFirst + 1;
  protocol::DownConverter converter(set, magic, from);
  protocol::Offset next = kFirst;
  while (true) {
    base::Result<base::Bytes> part = converter.next(500);
    if (!part) {
      CHECK(protocol::code_of(part.error()) == protocol::ErrorCode::kUnsupportedCompressionType)
          << part.error().message;
      return;
    }
    if (part->empty()) break;
    protocol::BatchReader reader(*part);
    while (auto batch = *reader.next()) {
      CHECK_LE(batch->magic(), magic);
      CHECK(batch->check_crc().ok());
      protocol::RecordIterator records(*batch);
      while (const protocol::Record* record = records.next()) {
        if (next == kFirst && record->offset == from) next = from;
        CHECK_EQ(record->offset, next);
        ++next;
      }
      CHECK(records.status().ok()) << records.status().error().message;
    }
    CHECK_EQ(reader.position(), part->size());
  }
  CHECK(next == kFirst + count || count == 1);
}

void run(base::ByteView input) {
  Choices choices(input);
  ValidationOptions options = options_of(choices);
  base::Bytes set = record_set(choices);
  if (!expands_to_little(set)) return;
  bool claims = claims_log_append_time(set);
  ValidatedRecords validated = protocol::validate_and_assign(set, options, kFirst, kEpoch);
  if (!validated.ok()) {
    CHECK(!validated.error_message.empty());
    CHECK(validated.rejection != protocol::Rejection::kNone || !validated.record_errors.empty())
        << validated.error_message;
    return;
  }
  CHECK_EQ(validated.record_errors.size(), 0U);
  CHECK_EQ(validated.record_count == 0, validated.records.empty());
  if (validated.record_count == 0) return;
  check_appended(validated, options);
  if (!claims) check_times(validated);
  check_converted(validated.records, 0, validated.record_count);
  check_converted(validated.records, 1, validated.record_count);
}

// Each set with options that keep it, and with some that rewrite it.
std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  std::uint8_t way = 0;
  for (const base::Bytes& set : record_set_seeds(random)) {
    for (bool rewritten : {false, true}) {
      base::Bytes bytes(7);
      if (rewritten) {
        bytes[1] = static_cast<std::uint8_t>(way % 6);
        bytes[2] = static_cast<std::uint8_t>(3 + way % 5);
        bytes[6] = static_cast<std::uint8_t>(way % 2 == 0 ? 4 : 0);
        ++way;
      }
      bytes.insert(bytes.end(), set.begin(), set.end());
      seeds.push_back(std::move(bytes));
    }
  }
  return seeds;
}

}  // namespace

const Target appends_target{"appends", run, seeds};

}  // namespace odradek::fuzz
