#include "server/log/cleaner/batch_filter.h"

#include <algorithm>
#include <cstddef>

#include "protocol/record/batch_builder.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_iterator.h"

namespace odradek::log {

namespace {

using protocol::BatchView;

void append(base::Bytes& out, base::ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

protocol::BatchOptions options_of(const BatchView& batch) {
  return {.codec = batch.codec().value_or(protocol::CompressionType::kNone),
          .base_offset = batch.base_offset(),
          .timestamp_type = batch.timestamp_type(),
          .log_append_time = batch.max_timestamp(),
          .producer_id = batch.producer_id(),
          .producer_epoch = batch.producer_epoch(),
          .base_sequence = batch.base_sequence(),
          .transactional = batch.is_transactional(),
          .control = batch.is_control(),
          .partition_leader_epoch = batch.partition_leader_epoch()};
}

}  // namespace

LastBatches last_batches(const std::vector<ProducerEntry>& producers) {
  LastBatches batches;
  batches.reserve(producers.size());
  for (const ProducerEntry& producer : producers) {
    batches[producer.producer_id] = {producer.last_offset(), producer.producer_epoch};
  }
  return batches;
}

bool BatchFilter::keeps_header(const BatchView& batch) const {
  if (batch.is_legacy()) return false;
  if (batch.next_offset() == rules_.round_end) return true;
  if (!batch.has_producer_id()) return false;
  auto last = last_batches_.find(batch.producer_id());
  if (last == last_batches_.end()) return false;
  if (last->second.last_offset >= 0) return last->second.last_offset == batch.last_offset();
  // The marker alone still tells the producer's epoch.
  return batch.is_control() && last->second.producer_epoch == batch.producer_epoch();
}

bool BatchFilter::keeps_record(const BatchView& batch, const protocol::Record& record) {
  if (batch.is_control() || record.offset > offsets_.latest_offset()) return true;
  if (!record.key) {
    ++counts_.records_without_key;
    return false;
  }
  auto newest = offsets_.find(*record.key);
  if (newest && record.offset < *newest) return false;
  if (!record.is_tombstone()) return true;
  if (batch.is_legacy()) return rules_.keeps_old_tombstones;
  auto horizon_ms = batch.delete_horizon_ms();
  return !horizon_ms || rules_.now_ms < *horizon_ms;
}

base::Status BatchFilter::choose(const BatchView& batch, bool none, Survivors& survivors) {
  if (none) {
    survivors.records = std::max(batch.record_count(), 0);
    return {};
  }
  kept_.clear();
  protocol::RecordIterator records(batch);
  while (const protocol::Record* record = records.next()) {
    bool keep = keeps_record(batch, *record);
    kept_.push_back(keep);
    ++survivors.records;
    if (keep) {
      ++survivors.kept;
      survivors.tombstones = survivors.tombstones || record->is_tombstone();
    }
    // Old releases wrote wrappers of another magic than what is within.
    if (!keep || record->magic != batch.magic()) survivors.as_it_was = false;
  }
  return records.status();
}

base::Status BatchFilter::rebuild(const BatchView& batch,
                                  std::optional<std::int64_t> delete_horizon_ms,
                                  base::Bytes& out) const {
  protocol::BatchOptions options = options_of(batch);
  options.delete_horizon_ms = delete_horizon_ms;
  protocol::BatchBuilder builder(options);
  protocol::RecordIterator records(batch);
  for (std::size_t i = 0; const protocol::Record* record = records.next(); ++i) {
    if (kept_[i]) builder.append_record(record->offset, *record);
  }
  // The producer's last sequence is counted from it.
  builder.override_last_offset(batch.last_offset());
  auto built = builder.build();
  if (!built.ok()) return built.error();
  append(out, *built);
  return {};
}

base::Status BatchFilter::rebuild_old(const BatchView& batch, base::Bytes& out) const {
  std::optional<protocol::LegacySetBuilder> builder;
  protocol::RecordIterator records(batch);
  for (std::size_t i = 0; const protocol::Record* record = records.next(); ++i) {
    if (!kept_[i]) continue;
    if (!builder) {
      builder.emplace(protocol::LegacySetOptions{
          .magic = batch.magic(),
          .codec = batch.codec().value_or(protocol::CompressionType::kNone),
          .timestamp_type = batch.timestamp_type(),
          .log_append_time = batch.max_timestamp(),
          .base_offset = record->offset});
    }
    builder->append(record->offset, record->timestamp, record->key, record->value);
  }
  auto built = builder->build();
  if (!built.ok()) return built.error();
  append(out, *built);
  return {};
}

base::Status BatchFilter::filter(const BatchView& batch, base::Bytes& out) {
  aborted_.reset();
  bool none = false;
  bool orphaned_marker = false;
  if (batch.is_control()) {
    auto marker = transactions_.marker(batch);
    if (!marker.ok()) return marker.error();
    aborted_ = marker->aborted;
    orphaned_marker = marker->orphaned;
    auto horizon_ms = batch.delete_horizon_ms();
    none = orphaned_marker && horizon_ms && *horizon_ms <= rules_.now_ms;
  } else {
    none = transactions_.is_aborted(batch);
  }
  Survivors survivors;
  base::Status chosen = choose(batch, none, survivors);
  if (!chosen.ok()) return chosen;
  counts_.records_read += survivors.records;
  counts_.records_kept += survivors.kept;
  if (survivors.kept == 0) {
    if (!keeps_header(batch)) return {};
    protocol::BatchOptions options = options_of(batch);
    options.codec = protocol::CompressionType::kNone;
    append(out, protocol::empty_batch(options, batch.last_offset(), batch.max_timestamp()));
    return {};
  }
  auto horizon_ms = batch.delete_horizon_ms();
  bool sets_horizon =
      !batch.is_legacy() && !horizon_ms && (survivors.tombstones || orphaned_marker);
  if (survivors.as_it_was && !sets_horizon) {
    append(out, batch.bytes());
    return {};
  }
  if (batch.is_legacy()) return rebuild_old(batch, out);
  if (sets_horizon) horizon_ms = rules_.now_ms + rules_.delete_retention_ms;
  return rebuild(batch, horizon_ms, out);
}

}  // namespace odradek::log
