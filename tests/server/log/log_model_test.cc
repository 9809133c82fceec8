// Random operations on a log against a list of batches in memory. A failure names its seed:
// LOG_MODEL_SEED=7 runs that one alone, LOG_MODEL_STEPS=123 no more steps than that.

#include <algorithm>
#include <cstdlib>

#include "base/random.h"
#include "protocol/record/record_iterator.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

constexpr std::int64_t kRetentionMs = 60'000;
constexpr std::int64_t kRetentionBytes = 20'000;

protocol::BatchView view(const base::Bytes& bytes) { return protocol::BatchView(bytes); }

// All of a log, as simple as it can be.
struct Model {
  std::vector<base::Bytes> batches;  // also those below the start whose segment is still there
  std::vector<EpochEntry> epochs;
  protocol::Offset start = 0;
  protocol::Offset end = 0;

  void append(const base::Bytes& batch) {
    protocol::LeaderEpoch epoch = view(batch).partition_leader_epoch();
    protocol::Offset base_offset = view(batch).base_offset();
    if (epochs.empty() || epochs.back().epoch < epoch) {
      // An epoch of which no record is left, its start moved up with that of the log.
      if (!epochs.empty() && epochs.back().start_offset == base_offset) epochs.pop_back();
      epochs.push_back({epoch, base_offset});
    }
    batches.push_back(batch);
    end = view(batch).next_offset();
  }
  void cut(protocol::Offset offset) {
    if (offset < end) {
      end = offset;
      while (!batches.empty() && view(batches.back()).last_offset() >= offset) {
        end = std::min(end, view(batches.back()).base_offset());
        batches.pop_back();
      }
      start = std::min(start, end);
    }
    std::erase_if(epochs, [&](const EpochEntry& entry) { return entry.start_offset >= end; });
  }
  void restart(protocol::Offset offset) {
    batches.clear();
    epochs.clear();
    start = end = offset;
  }
  void advance_start(protocol::Offset offset) {
    if (offset <= start) return;
    start = offset;
    trim_epochs();
  }
  void trim_epochs() {
    while (epochs.size() > 1 && epochs[1].start_offset <= start) epochs.erase(epochs.begin());
    if (!epochs.empty() && epochs[0].start_offset < start) epochs[0].start_offset = start;
  }
  std::vector<base::Bytes> visible() const {
    std::vector<base::Bytes> found = batches;
    std::erase_if(found,
                  [&](const base::Bytes& batch) { return view(batch).last_offset() < start; });
    return found;
  }
  EpochEndOffset end_of_epoch(protocol::LeaderEpoch epoch) const {
    if (epochs.empty() || epoch > epochs.back().epoch) return {};
    EpochEndOffset answer{epoch, end};
    for (auto entry = epochs.rbegin(); entry != epochs.rend(); ++entry) {
      if (entry->epoch <= epoch) return {entry->epoch, answer.end_offset};
      answer.end_offset = entry->start_offset;
    }
    return answer;
  }
  // The first record of a time at or after `time_ms`.
  std::optional<protocol::Offset> offset_at(std::int64_t time_ms) const {
    for (const base::Bytes& batch : visible()) {
      protocol::RecordIterator records{view(batch)};
      while (const protocol::Record* record = records.next()) {
        if (record->offset >= start && record->timestamp >= time_ms) return record->offset;
      }
    }
    return std::nullopt;
  }
};

// What retention sees of one segment.
struct ModelSegment {
  protocol::Offset end = 0;
  std::int64_t size_bytes = 0;
  std::int64_t newest_ms = -1;
};

class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed)
      : random_(seed), bench_(6, testing::TemporaryDirectory::in_memory()) {
    bench_.options.segment_bytes = 4000;
    bench_.options.index_interval_bytes = static_cast<std::int32_t>(random_.between(0, 600));
    bench_.options.retention_bytes = kRetentionBytes;
    bench_.options.retention_ms = kRetentionMs;
    log_ = bench_.load();
  }

  void step() {
    bench_.clock.advance_ms(random_.between(0, 1500));
    struct Operation {
      int weight;
      void (RandomRun::*run)();
    };
    static constexpr Operation kOperations[] = {
        {40, &RandomRun::append_as_leader},
        {15, &RandomRun::append_as_follower},
        {10, &RandomRun::truncate},
        {1, &RandomRun::truncate_fully},
        {6, &RandomRun::roll},
        {8, &RandomRun::flush},
        {8, &RandomRun::delete_records},
        {8, &RandomRun::retain},
        {10, &RandomRun::reopen},
    };
    int drawn = static_cast<int>(random_.below(106));
    const Operation* chosen = kOperations;
    while (drawn >= chosen->weight) drawn -= (chosen++)->weight;
    (this->*chosen->run)();
    if (!::testing::Test::HasFatalFailure()) check();
  }

 private:
  base::Bytes some_batch(protocol::Offset base_offset) {
    return make_batch({.records = static_cast<int>(random_.between(1, 5)),
                       .value_bytes = random_.below(300),
                       .timestamp_ms = bench_.clock.wall_ms() - random_.between(0, 20'000),
                       .base_offset = base_offset,
                       .leader_epoch = epoch_,
                       .fill = static_cast<std::uint8_t>(random_.below(256)),
                       .codec = random_.one_in(3) ? protocol::CompressionType::kLz4
                                                  : protocol::CompressionType::kNone});
  }
  void append_as_leader() {
    epoch_ += random_.one_in(8) ? 1 : 0;
    base::Bytes batch = some_batch(0);
    ASSERT_TRUE(log_->append_as_leader(batch, {.leader_epoch = epoch_}).ok());
    model_.append(batch);
  }
  void append_as_follower() {
    base::Bytes batch = some_batch(model_.end + random_.between(0, 3));
    ASSERT_TRUE(log_->append_as_follower(batch).ok());
    model_.append(batch);
  }
  void truncate() {
    protocol::Offset offset = random_.between(std::max(model_.start, model_.end - 30), model_.end);
    ASSERT_TRUE(log_->truncate_to(offset).ok());
    model_.cut(offset);
  }
  void truncate_fully() {
    protocol::Offset offset = random_.between(0, model_.end + 20);
    ASSERT_TRUE(log_->truncate_fully_and_start_at(offset).ok());
    model_.restart(offset);
  }
  void roll() {
    ASSERT_TRUE(log_->roll().ok());
    // The only segment, empty, gave way to one that begins at the end.
    if (model_.batches.empty()) model_.advance_start(model_.end);
  }
  void flush() { ASSERT_TRUE((random_.one_in(2) ? log_->flush() : log_->flush_rolled()).ok()); }
  void delete_records() {
    log_->set_high_watermark(random_.between(model_.start, model_.end));
    protocol::Offset offset = random_.between(model_.start, log_->high_watermark());
    ASSERT_TRUE(log_->advance_log_start_offset(offset).ok());
    model_.advance_start(offset);
  }
  std::vector<ModelSegment> segments() const {
    std::vector<SegmentPtr> all = log_->segments().all();
    std::vector<ModelSegment> found;
    for (std::size_t i = 0; i < all.size(); ++i) {
      ModelSegment segment;
      segment.end = i + 1 < all.size() ? all[i + 1]->base_offset() : model_.end;
      for (const base::Bytes& batch : model_.batches) {
        protocol::Offset base_offset = view(batch).base_offset();
        if (base_offset < all[i]->base_offset() || base_offset >= segment.end) continue;
        segment.size_bytes += static_cast<std::int64_t>(batch.size());
        segment.newest_ms = std::max(segment.newest_ms, view(batch).max_timestamp());
      }
      found.push_back(segment);
    }
    return found;
  }
  void retain() {
    if (random_.one_in(4)) bench_.clock.advance_ms(kRetentionMs / 2);
    protocol::Offset high_watermark =
        log_->set_high_watermark(random_.between(model_.start, model_.end));
    std::vector<ModelSegment> all = segments();
    std::int64_t size_bytes = 0;
    for (const ModelSegment& segment : all) size_bytes += segment.size_bytes;
    std::size_t below = 0;
    std::size_t late = 0;
    std::size_t large = 0;
    while (below + 1 < all.size() && all[below].end <= model_.start) ++below;
    while (late < all.size() && bench_.clock.wall_ms() - all[late].newest_ms > kRetentionMs) ++late;
    while (large < all.size() && size_bytes - all[large].size_bytes >= kRetentionBytes) {
      size_bytes -= all[large++].size_bytes;
    }
    std::size_t count = std::max({below, late, large});
    std::size_t allowed = 0;
    while (allowed < all.size() && all[allowed].end <= high_watermark) ++allowed;
    if (all.back().size_bytes == 0) allowed = std::min(allowed, all.size() - 1);
    count = std::min(count, allowed);
    auto deleted = log_->delete_old_segments();
    ASSERT_TRUE(deleted.ok());
    ASSERT_EQ(*deleted, count);
    bench_.deleter.run_all();
    if (count == 0) return;
    protocol::Offset first = all[count - 1].end;
    std::erase_if(model_.batches,
                  [&](const base::Bytes& batch) { return view(batch).base_offset() < first; });
    model_.advance_start(first);
  }
  void reopen() {
    bool clean = random_.one_in(2);
    protocol::Offset recovery_point = log_->recovery_point();
    if (clean) {
      ASSERT_TRUE(log_->close().ok());
    }
    log_.reset();
    log_ = bench_.load({.clean_shutdown = clean,
                        .recovery_point = recovery_point,
                        .log_start_offset = model_.start});
    // A gap at the end, which a truncation left, is not on disk.
    protocol::Offset last_end =
        model_.batches.empty() ? model_.start : view(model_.batches.back()).next_offset();
    ASSERT_GE(log_->log_end_offset(), last_end);
    ASSERT_LE(log_->log_end_offset(), model_.end);
    ASSERT_EQ(log_->log_start_offset(), model_.start);
    model_.end = log_->log_end_offset();
    std::erase_if(model_.epochs,
                  [&](const EpochEntry& entry) { return entry.start_offset >= model_.end; });
    // Where all records are below the log start, recovery finds their epoch again.
    if (model_.epochs.empty()) model_.epochs = log_->epochs().entries();
  }

  void check() {
    ASSERT_EQ(log_->log_end_offset(), model_.end);
    ASSERT_EQ(log_->log_start_offset(), model_.start);
    ASSERT_EQ(log_->epochs().entries(), model_.epochs);
    if (!model_.epochs.empty()) {
      auto epoch = static_cast<protocol::LeaderEpoch>(random_.between(0, epoch_ + 1));
      ASSERT_EQ(log_->end_offset_for_epoch(epoch), model_.end_of_epoch(epoch)) << epoch;
    }
    std::vector<base::Bytes> visible = model_.visible();
    if (random_.one_in(10)) {
      ASSERT_EQ(read_all(*log_, model_.start, static_cast<std::int32_t>(random_.between(1, 5000))),
                visible);
    }
    if (model_.end > model_.start) check_read(visible, random_.between(model_.start, model_.end));
    std::int64_t time_ms = bench_.clock.wall_ms() - random_.between(0, 2 * kRetentionMs);
    auto found = log_->offset_for_timestamp(time_ms, model_.end);
    ASSERT_TRUE(found.ok());
    auto expected = model_.offset_at(time_ms);
    ASSERT_EQ(found->has_value(), expected.has_value()) << time_ms;
    if (expected) {
      ASSERT_EQ((*found)->offset, *expected) << time_ms;
    }
  }
  // A read begins with the batch that holds its offset and goes on as the log does.
  void check_read(const std::vector<base::Bytes>& visible, protocol::Offset offset) {
    auto info = log_->read({.start_offset = offset,
                            .max_bytes = static_cast<std::int32_t>(random_.between(1, 3000)),
                            .upper_bound = model_.end});
    ASSERT_TRUE(info.ok()) << info.error().message;
    base::Bytes expected;
    for (const base::Bytes& batch : visible) {
      if (view(batch).last_offset() >= offset) {
        expected.insert(expected.end(), batch.begin(), batch.end());
      }
    }
    base::Bytes bytes = bytes_of(info->slice);
    ASSERT_LE(bytes.size(), expected.size());
    ASSERT_EQ(bytes.empty(), expected.empty()) << offset;
    ASSERT_TRUE(std::equal(bytes.begin(), bytes.end(), expected.begin())) << offset;
  }

  base::Random random_;
  LogBench bench_;
  std::unique_ptr<Log> log_;
  Model model_;
  protocol::LeaderEpoch epoch_ = 0;
};

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(LogModel, AgreesWithAListOfBatches) {
  testing::QuietLog quiet;
  std::uint64_t first = number_of("LOG_MODEL_SEED", 1);
  std::uint64_t last = number_of("LOG_MODEL_SEED", number_of("LOG_MODEL_SEEDS", 12));
  std::uint64_t steps = number_of("LOG_MODEL_STEPS", 1500);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RandomRun run(seed);
    for (std::uint64_t step = 1; step <= steps; ++step) {
      run.step();
      ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace odradek::log
