#include <string>

#include "base/log.h"
#include "protocol/record/batch.h"
#include "protocol/record/batch_builder.h"
#include "protocol/record/control_record.h"
#include "protocol/record/down_convert.h"
#include "protocol/record/record_iterator.h"
#include "protocol/record/record_walk.h"
#include "tests/fuzz/allocations.h"
#include "tests/fuzz/record_sets.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

using protocol::BatchView;

constexpr protocol::RecordLimits kLimits{.max_record_size_bytes = kMaxRecordBytes};
// The window, which doubles up to the largest record, the one before it, and a snappy block.
constexpr std::size_t kMaxHeldBytes = 6 * kMaxRecordBytes;
// A frame may ask for the largest window that readers allow; its pages are touched only by output.
constexpr std::size_t kMaxZstdWindowBytes = std::size_t{129} << 20;

struct Walk {
  bool accepted = false;
  std::int32_t count = 0;
  std::size_t size_bytes = 0;
  bool large_record = false;
};

Walk walk_without_values(const BatchView& batch) {
  Walk walk;
  auto visit = [&](std::int32_t index, const protocol::WalkedRecord& record) {
    CHECK_EQ(index, walk.count);
    ++walk.count;
    walk.size_bytes += record.size_bytes;
    walk.large_record = walk.large_record || record.size_bytes > kMaxRecordBytes;
  };
  walk.accepted = protocol::walk_records(batch, visit, kMaxWalkedBytes).ok();
  return walk;
}

void read_record(const BatchView& batch, const protocol::Record& record) {
  CHECK_GE(record.header_count, 0);
  CHECK_EQ(record.headers().size(), static_cast<std::size_t>(record.header_count));
  if (record.key && record.value) {
    CHECK_LE(record.key->size() + record.value->size(), record.size_bytes);
  }
  if (batch.is_control()) {
    protocol::decode_control_type(record).ok();
    protocol::decode_end_transaction_marker(record).ok();
  }
}

Walk iterate(const BatchView& batch) {
  AllocationMeter memory;
  Walk walk;
  protocol::RecordIterator records(batch, kLimits);
  while (const protocol::Record* record = records.next()) {
    read_record(batch, *record);
    ++walk.count;
    walk.size_bytes += record->size_bytes;
  }
  walk.accepted = records.status().ok();
  CHECK(records.next() == nullptr) << "a walk goes on behind its end";
  bool zstd = batch.codec() == protocol::CompressionType::kZstd;
  CHECK_LE(memory.peak_bytes(), kMaxHeldBytes + (zstd ? kMaxZstdWindowBytes : 0));
  return walk;
}

// What compaction does with a batch: the records again, offsets kept, in the same codec.
void rebuild(const BatchView& batch) {
  protocol::BatchBuilder builder({.codec = *batch.codec(), .base_offset = batch.base_offset()});
  protocol::Offset last = batch.base_offset();
  protocol::RecordIterator records(batch, kLimits);
  while (const protocol::Record* record = records.next()) {
    builder.append_record(record->offset, *record);
    last = record->offset;
  }
  base::Result<base::Bytes> built = builder.build();
  CHECK(built.ok()) << built.error().message;
  BatchView again(*built);
  CHECK(again.check_crc().ok());
  CHECK_EQ(again.last_offset(), last);
  protocol::RecordIterator original(batch, kLimits);
  protocol::RecordIterator rebuilt(again, kLimits);
  while (const protocol::Record* left = original.next()) {
    const protocol::Record* right = rebuilt.next();
    CHECK(right != nullptr) << rebuilt.status().error().message;
    CHECK_EQ(left->offset, right->offset);
    CHECK_EQ(left->header_count, right->header_count);
    CHECK_EQ(left->key.has_value(), right->key.has_value());
    CHECK_EQ(left->value.has_value(), right->value.has_value());
    CHECK_EQ(left->timestamp, right->timestamp);
    if (left->value) CHECK(std::ranges::equal(*left->value, *right->value));
  }
  CHECK(rebuilt.next() == nullptr && rebuilt.status().ok());
}

void read_modern(const BatchView& batch) {
  Walk walked = walk_without_values(batch);
  Walk iterated = iterate(batch);
  if (walked.accepted && !walked.large_record) CHECK(iterated.accepted);
  if (!iterated.accepted) return;
  CHECK(walked.accepted) << "the walk without values refuses what the iterator takes";
  CHECK_EQ(walked.count, iterated.count);
  CHECK_EQ(iterated.count, batch.record_count());
  CHECK_EQ(walked.size_bytes, iterated.size_bytes);
  // Offsets near the end of the numbers wrap, and no log hands them out.
  bool sane = batch.base_offset() >= 0 && batch.last_offset() >= batch.base_offset();
  if (protocol::check_records(batch).ok() && iterated.count > 0 && sane) rebuild(batch);
}

void read_batch(const BatchView& batch) {
  CHECK(batch.is_whole());
  batch.check_crc().ok();
  batch.last_sequence();
  batch.delete_horizon_ms();
  if (batch.is_legacy()) {
    iterate(batch);
  } else {
    read_modern(batch);
  }
  if (batch.is_control()) protocol::decode_end_transaction_marker(batch).ok();
}

// As a fetch by an old client does with whatever the log holds.
void convert(base::ByteView set, std::int8_t magic, protocol::Offset first_offset) {
  protocol::DownConverter converter(set, magic, first_offset, kLimits);
  while (true) {
    base::Result<base::Bytes> part = converter.next(1000);
    if (!part || part->empty()) return;
    protocol::BatchReader reader(*part);
    while (auto entry = *reader.next()) CHECK_LE(entry->magic(), magic);
    CHECK_EQ(reader.position(), part->size()) << "a converted part ends within an entry";
  }
}

void run(base::ByteView input) {
  Choices choices(input);
  auto first_offset = static_cast<protocol::Offset>(choices.byte());
  base::Bytes set = record_set(choices);
  if (!expands_to_little(set)) return;
  protocol::BatchReader reader(set);
  std::size_t expected_position = 0;
  while (true) {
    auto batch = reader.next();
    if (!batch || !*batch) break;
    expected_position += (*batch)->size_bytes();
    CHECK_EQ(reader.position(), expected_position);
    CHECK_LE(expected_position, set.size());
    read_batch(**batch);
  }
  convert(set, 0, first_offset);
  convert(set, 1, first_offset);
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> sets = record_set_seeds(random);
  for (base::Bytes& set : sets) set.insert(set.begin(), 0);
  return sets;
}

}  // namespace

const Target records_target{"records", run, seeds};

}  // namespace odradek::fuzz
