#include <optional>

#include "base/log.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_iterator.h"
#include "protocol/record/validate.h"

namespace odradek::protocol {

base::Status ValidatedRecords::assign_offsets(Offset first, LeaderEpoch leader_epoch,
                                              std::int64_t now_ms) {
  CHECK(ok());
  if (record_count == 0) return {};
  bool stamp = timestamp_type_ == TimestampType::kLogAppendTime;
  first_offset = first;
  last_offset = first + record_count - 1;
  offset_of_max_timestamp =
      relative_offset_of_max_timestamp_ < 0 ? -1 : first + relative_offset_of_max_timestamp_;
  if (stamp) log_append_time = now_ms;
  if (stamp && max_timestamp != kNoTimestamp) max_timestamp = now_ms;
  Offset next = first;
  BatchReader reader(records);
  while (true) {
    std::size_t begin = reader.position();
    auto entry = reader.next();
    CHECK(entry.ok()) << "validated records do not parse";
    if (!*entry) break;
    MutableBatch batch(records.subspan(begin));
    if (batch.magic() == 0 && batch.is_compressed()) return rebuild_with_absolute_offsets(first);
    bool many = !batch.is_legacy() || batch.is_compressed();
    batch.set_last_offset(many ? last_offset : next++);
    if (!batch.is_legacy()) batch.set_partition_leader_epoch(leader_epoch);
    if (stamp && batch.magic() > 0) {
      batch.set_max_timestamp(TimestampType::kLogAppendTime, now_ms);
    }
  }
  return {};
}

base::Status ValidatedRecords::rebuild_with_absolute_offsets(Offset first) {
  auto wrapper = next_batch(records);
  CHECK(wrapper.ok() && *wrapper);
  LegacySetBuilder builder(
      {.magic = 0, .codec = *(*wrapper)->codec(), .level = compression_level_});
  RecordIterator inner(**wrapper);
  while (const Record* record = inner.next()) {
    builder.append(first + builder.record_count(), record->timestamp, record->key, record->value);
  }
  if (!inner.status().ok()) return inner.status();
  auto built = builder.build();
  if (!built) return built.error();
  rewritten_ = std::move(*built);
  records = rewritten_;
  return {};
}

ValidatedRecords validate_and_assign(base::MutableBytes records, const ValidationOptions& options,
                                     Offset first_offset, LeaderEpoch leader_epoch) {
  ValidatedRecords validated = validate_records(records, options);
  if (!validated.ok()) return validated;
  base::Status assigned = validated.assign_offsets(first_offset, leader_epoch, options.now_ms);
  if (!assigned) {
    validated.error = code_of(assigned.error());
    validated.error_message = assigned.error().message;
  }
  return validated;
}

}  // namespace odradek::protocol
