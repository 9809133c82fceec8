// What a log holds, by value, and whether its indexes, producers and epochs agree with its batches.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/crc32c.h"
#include "protocol/record/control_record.h"
#include "server/log/producer_states.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {

struct StoredBatch {
  protocol::Offset base_offset = 0;
  protocol::Offset last_offset = 0;
  protocol::LeaderEpoch epoch = 0;
  std::uint32_t checksum = 0;  // of all its bytes
  auto operator<=>(const StoredBatch&) const = default;
};

struct PartitionState {
  protocol::Offset start = 0;
  protocol::Offset end = 0;
  std::vector<StoredBatch> batches;
  bool operator==(const PartitionState&) const = default;
};

// From the log start to the log end.
inline PartitionState state_of(const Log& log) {
  PartitionState state{log.log_start_offset(), log.log_end_offset(), {}};
  for (const base::Bytes& bytes : read_all(log, log.log_start_offset())) {
    protocol::BatchView batch(bytes);
    state.batches.push_back({batch.base_offset(), batch.last_offset(),
                             batch.partition_leader_epoch(), base::crc32c(bytes)});
  }
  return state;
}

inline void expect_rising_offsets(const PartitionState& state) {
  protocol::Offset next = 0;
  for (const StoredBatch& batch : state.batches) {
    EXPECT_GE(batch.base_offset, next);
    EXPECT_GE(batch.last_offset, batch.base_offset);
    next = batch.last_offset + 1;
  }
  EXPECT_LE(next, state.end);
}

// By compaction.
inline bool only_header_left(const protocol::BatchView& batch) {
  return !batch.is_legacy() && batch.record_count() == 0;
}

// Every offset and every time leads to the batch that a walk over all of them finds.
inline void expect_true_indexes(const Log& log) {
  std::vector<base::Bytes> all = read_all(log, log.log_start_offset());
  for (std::size_t i = 0; i < all.size(); ++i) {
    protocol::BatchView batch(all[i]);
    for (protocol::Offset offset : {batch.base_offset(), batch.last_offset()}) {
      if (offset < log.log_start_offset()) continue;
      auto info =
          log.read({.start_offset = offset, .max_bytes = 1, .upper_bound = log.log_end_offset()});
      ASSERT_TRUE(info.ok()) << info.error().message;
      ASSERT_EQ(info->slice.size_bytes, static_cast<std::int64_t>(batch.size_bytes())) << offset;
      ASSERT_EQ(bytes_of(info->slice), all[i]) << offset;
    }
    std::int64_t time_ms = batch.max_timestamp();
    if (only_header_left(batch)) continue;
    if (time_ms < 0 || batch.last_offset() < log.log_start_offset()) continue;
    auto first = std::find_if(all.begin(), all.end(), [&](const base::Bytes& bytes) {
      protocol::BatchView candidate(bytes);
      return !only_header_left(candidate) && candidate.max_timestamp() >= time_ms;
    });
    auto found = log.offset_for_timestamp(time_ms, log.log_end_offset());
    ASSERT_TRUE(found.ok() && found->has_value()) << batch.base_offset();
    ASSERT_LE((*found)->offset, protocol::BatchView(*first).last_offset()) << batch.base_offset();
    ASSERT_GE((*found)->timestamp_ms, time_ms);
  }
}

// What is below the log start may be known from snapshots, or not; below `known_from`, where a log
// start fell back after a crash, it may be forgotten.
inline void expect_replayed_producers(const Log& log, protocol::Offset known_from) {
  ProducerStates replayed;
  std::vector<std::pair<std::int64_t, protocol::Offset>> aborted;  // producer, first offset
  for (const base::Bytes& bytes : read_all(log, log.log_start_offset())) {
    protocol::BatchView batch(bytes);
    BatchHeader header = BatchHeader::of(batch);
    replayed.update(header);
    if (!header.has_producer_id() || !header.control()) continue;
    auto marker = protocol::decode_end_transaction_marker(batch);
    ASSERT_TRUE(marker.ok());
    bool abort = marker->type == protocol::ControlRecordType::kAbort;
    auto done = replayed.complete(header, abort, marker->coordinator_epoch);
    if (done && abort) aborted.emplace_back(done->producer_id, done->first_offset);
  }
  protocol::Offset start = log.log_start_offset();
  std::set<std::int64_t> known;
  for (const ProducerEntry& entry : log.producers()) {
    known.insert(entry.producer_id);
    const ProducerEntry* expected = replayed.find(entry.producer_id);
    if (expected == nullptr) {
      EXPECT_LT(entry.last_offset(), start) << "producer " << entry.producer_id;
      continue;
    }
    EXPECT_EQ(entry.producer_epoch, expected->producer_epoch);
    if (entry.last_offset() >= start || expected->last_offset() >= start) {
      EXPECT_EQ(entry.last_offset(), expected->last_offset());
      EXPECT_EQ(entry.last_sequence(), expected->last_sequence());
    }
    if (entry.transaction_first_offset.value_or(start) >= start) {
      EXPECT_EQ(entry.transaction_first_offset, expected->transaction_first_offset)
          << "producer " << entry.producer_id;
    }
  }
  for (const ProducerEntry& entry : replayed.entries()) {
    EXPECT_TRUE(known.contains(entry.producer_id) || entry.last_offset() < known_from)
        << "producer " << entry.producer_id;
  }
  std::vector<std::pair<std::int64_t, protocol::Offset>> indexed;
  for (const SegmentPtr& segment : log.segments().all()) {
    auto entries = segment->transaction_index().entries();
    ASSERT_TRUE(entries.ok()) << entries.error().message;
    for (const AbortedTransaction& entry : *entries) {
      if (entry.first_offset < start) continue;
      indexed.emplace_back(entry.producer_id, entry.first_offset);
    }
  }
  EXPECT_EQ(indexed, aborted);
}

// `known_from`: below, the epochs may be forgotten.
inline void expect_replayed_epochs(const Log& log, const PartitionState& state,
                                   protocol::Offset known_from) {
  for (const StoredBatch& batch : state.batches) {
    if (batch.base_offset < known_from || batch.epoch < 0) continue;
    EXPECT_EQ(log.epochs().epoch_for_offset(batch.base_offset), batch.epoch)
        << "offset " << batch.base_offset;
  }
  EpochEntry before;
  for (const EpochEntry& entry : log.epochs().entries()) {
    EXPECT_GT(entry.epoch, before.epoch);
    EXPECT_GT(entry.start_offset, before.start_offset);
    EXPECT_LE(entry.start_offset, state.end);
    before = entry;
  }
}

// After an operation that led from `before` to `after` was cut short: everything that is in both is
// there, nothing that is in neither.
inline void expect_between(const PartitionState& found, const PartitionState& before,
                           const PartitionState& after) {
  protocol::Offset start = std::max(before.start, after.start);
  EXPECT_LE(found.start, start);
  EXPECT_LE(found.end, std::max(before.end, after.end));
  if (before.end == after.end) {
    EXPECT_EQ(found.end, after.end);
  }
  std::set<StoredBatch> old(before.batches.begin(), before.batches.end());
  std::set<StoredBatch> wanted(after.batches.begin(), after.batches.end());
  std::set<StoredBatch> there(found.batches.begin(), found.batches.end());
  for (const StoredBatch& batch : wanted) {
    if (!old.contains(batch)) continue;
    EXPECT_TRUE(there.contains(batch)) << "lost: offset " << batch.base_offset;
  }
  for (const StoredBatch& batch : there) {
    // A log start that was not in its checkpoint yet may fall back.
    if (batch.last_offset < before.start || old.contains(batch) || wanted.contains(batch)) continue;
    ADD_FAILURE() << "offset " << batch.base_offset << " comes from nowhere";
  }
}

inline void expect_consistent(const Log& log, protocol::Offset known_from) {
  PartitionState state = state_of(log);
  expect_rising_offsets(state);
  expect_true_indexes(log);
  expect_replayed_producers(log, known_from);
  expect_replayed_epochs(log, state, known_from);
}

}  // namespace odradek::log
