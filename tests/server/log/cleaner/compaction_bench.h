// CompactionBench: a log with keys and values, compacted when the test says so, and what is left.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/record/control_record.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_iterator.h"
#include "server/log/cleaner/compaction.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {

struct KeyValue {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

struct Survivor {
  protocol::Offset offset = -1;
  std::optional<std::string> key;
  std::optional<std::string> value;

  friend bool operator==(const Survivor&, const Survivor&) = default;
  friend void PrintTo(const Survivor& survivor, std::ostream* out) {
    *out << survivor.offset << " " << survivor.key.value_or("null") << "="
         << survivor.value.value_or("null");
  }
};

inline std::optional<base::ByteView> bytes_or_null(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return base::as_bytes(*text);
}

inline std::optional<std::string> text_or_null(const std::optional<base::ByteView>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string(base::as_text(*bytes));
}

struct SetSpec {
  std::int8_t magic = 2;
  protocol::CompressionType codec = protocol::CompressionType::kNone;
  std::int64_t timestamp_ms = 1'700'000'000'000;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  bool transactional = false;
};

inline base::Bytes record_set(const std::vector<KeyValue>& records, const SetSpec& spec = {}) {
  if (spec.magic < 2) {
    protocol::LegacySetBuilder builder({.magic = spec.magic, .codec = spec.codec});
    protocol::Offset offset = 0;
    for (const KeyValue& record : records) {
      builder.append(offset++, spec.timestamp_ms, bytes_or_null(record.key),
                     bytes_or_null(record.value));
    }
    return *builder.build();
  }
  protocol::BatchBuilder builder({.codec = spec.codec,
                                  .producer_id = spec.producer_id,
                                  .producer_epoch = spec.producer_epoch,
                                  .base_sequence = spec.base_sequence,
                                  .transactional = spec.transactional});
  for (const KeyValue& record : records) {
    builder.append(spec.timestamp_ms, bytes_or_null(record.key), bytes_or_null(record.value));
  }
  return *builder.build();
}

inline std::vector<Survivor> survivors(const Log& log) {
  std::vector<Survivor> found;
  for (const base::Bytes& entry : read_all(log, log.log_start_offset())) {
    protocol::BatchView batch(entry);
    if (batch.is_control()) continue;
    protocol::RecordIterator records(batch);
    while (const protocol::Record* record = records.next()) {
      found.push_back({record->offset, text_or_null(record->key), text_or_null(record->value)});
    }
    CHECK(records.status().ok()) << records.status().error().message;
  }
  return found;
}

class CompactionBench : public LogBench {
 public:
  CompactionBench() {
    options.cleanup_delete = false;
    options.cleanup_compact = true;
    options.min_cleanable_dirty_ratio = 0;
  }

  void end_transaction(Log& log, std::int64_t producer_id, bool commit, std::int16_t epoch = 0) {
    protocol::EndTransactionMarker marker{
        commit ? protocol::ControlRecordType::kCommit : protocol::ControlRecordType::kAbort, 0};
    base::Bytes batch =
        protocol::end_transaction_batch(marker, producer_id, epoch, clock.wall_ms());
    auto info = log.append_as_leader(
        batch, {.leader_epoch = 0, .origin = protocol::AppendOrigin::kCoordinator});
    CHECK(info.ok()) << info.error().message;
  }

  CompactionFacts facts_of(Log& log) const {
    CompactionFacts facts;
    for (const SegmentPtr& segment : log.segments().all()) {
      facts.segments.push_back({segment->base_offset(), segment->size_bytes(),
                                *segment->largest_timestamp_ms(), *segment->first_timestamp_ms()});
    }
    facts.log_start_offset = log.log_start_offset();
    facts.log_end_offset = log.log_end_offset();
    facts.last_stable_offset = log.last_stable_offset();
    facts.checkpoint = log.compaction().cleaned_to();
    facts.now_ms = clock.wall_ms();
    return facts;
  }

  Compaction prepare(
      Log& log, Compaction::Pace pace = [](std::int64_t) { return true; }) {
    std::uint64_t cuts = log.compaction().cuts();
    CleanableRange range = cleanable_range(facts_of(log), *log.options());
    return Compaction(log, range, cuts, context, std::move(pace));
  }
  CompactionReport run(Compaction&& compaction) {
    OffsetMap offsets(map_bytes, 0.9);
    return compaction.run({offsets, io_buffer_bytes});
  }
  CompactionReport compact(Log& log) { return run(prepare(log)); }

  // Everything is replicated and in segments that may be compacted.
  CompactionReport roll_and_compact(Log& log) {
    log.set_high_watermark(log.log_end_offset());
    CHECK(log.roll().ok());
    return compact(log);
  }

  std::int64_t map_bytes = 1 << 20;
  std::size_t io_buffer_bytes = 4096;
};

}  // namespace odradek::log
