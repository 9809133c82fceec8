// Random operations on a log against a list of batches in memory.

#include <algorithm>

#include "base/random.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

struct Model {
  std::vector<base::Bytes> batches;
  protocol::Offset start = 0;
  protocol::Offset end = 0;

  void truncate(protocol::Offset offset) {
    if (offset >= end) return;
    end = offset;
    while (!batches.empty() && protocol::BatchView(batches.back()).last_offset() >= offset) {
      end = std::min(end, protocol::BatchView(batches.back()).base_offset());
      batches.pop_back();
    }
  }
  void drop_below(protocol::Offset offset) {
    start = std::max(start, offset);
    std::erase_if(batches, [&](const base::Bytes& batch) {
      return protocol::BatchView(batch).last_offset() < start;
    });
  }
};

class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed), bench_(4) {
    bench_.options.segment_bytes = 4000;
    bench_.options.index_interval_bytes = static_cast<std::int32_t>(random_.between(0, 600));
    bench_.options.retention_bytes = 20'000;
    bench_.options.retention_ms = -1;
    log_ = bench_.load();
  }

  void step() {
    switch (random_.below(12)) {
      case 0:
        truncate();
        break;
      case 1:
        ASSERT_TRUE(log_->roll().ok());
        break;
      case 2:
        ASSERT_TRUE((random_.one_in(2) ? log_->flush() : log_->flush_rolled()).ok());
        break;
      case 3:
        reopen();
        break;
      case 4:
        retain();
        break;
      default:
        append_some();
        break;
    }
    check();
  }

 private:
  void append_some() {
    base::Bytes batch = make_batch({.records = static_cast<int>(random_.between(1, 5)),
                                    .value_bytes = random_.below(300),
                                    .timestamp_ms = 1000 + random_.between(0, 100'000),
                                    .fill = static_cast<std::uint8_t>(random_.below(256)),
                                    .codec = random_.one_in(3) ? protocol::CompressionType::kLz4
                                                               : protocol::CompressionType::kNone});
    epoch_ += random_.one_in(10) ? 1 : 0;
    if (random_.one_in(4)) {
      protocol::MutableBatch(batch).set_base_offset(model_.end + random_.between(0, 3));
      protocol::MutableBatch(batch).set_partition_leader_epoch(epoch_);
      ASSERT_TRUE(log_->append_as_follower(batch).ok());
    } else {
      ASSERT_TRUE(log_->append_as_leader(batch, {.leader_epoch = epoch_}).ok());
    }
    model_.batches.push_back(batch);
    model_.end = protocol::BatchView(batch).next_offset();
  }
  void truncate() {
    protocol::Offset offset = random_.between(model_.start, model_.end);
    ASSERT_TRUE(log_->truncate_to(offset).ok());
    model_.truncate(offset);
    if (model_.batches.empty()) model_.end = log_->log_end_offset();
    model_.start = std::min(model_.start, model_.end);
  }
  void reopen() {
    bool clean = random_.one_in(2);
    protocol::Offset recovery_point = log_->recovery_point();
    if (clean) {
      ASSERT_TRUE(log_->close().ok());
    }
    protocol::Offset start = log_->log_start_offset();
    auto epochs = log_->epochs().entries();
    log_.reset();
    log_ = bench_.load(
        {.clean_shutdown = clean, .recovery_point = recovery_point, .log_start_offset = start});
    // A gap at the end, which a truncation left, is not on disk.
    protocol::Offset last_end =
        model_.batches.empty() ? 0 : protocol::BatchView(model_.batches.back()).next_offset();
    ASSERT_GE(log_->log_end_offset(), last_end);
    ASSERT_LE(log_->log_end_offset(), model_.end);
    model_.end = log_->log_end_offset();
    model_.start = log_->log_start_offset();
    std::erase_if(epochs, [&](const EpochEntry& e) { return e.start_offset >= model_.end; });
    // Where all records are below the log start, recovery finds their epoch again.
    if (!epochs.empty()) {
      ASSERT_EQ(log_->epochs().entries(), epochs);
    }
  }
  void retain() {
    log_->set_high_watermark(random_.between(model_.start, model_.end));
    if (random_.one_in(2)) {
      protocol::Offset offset = random_.between(model_.start, log_->high_watermark());
      ASSERT_TRUE(log_->advance_log_start_offset(offset).ok());
    }
    ASSERT_TRUE(log_->delete_old_segments().ok());
    bench_.deleter.run_all();
    model_.drop_below(log_->log_start_offset());
  }
  void check() {
    ASSERT_EQ(log_->log_end_offset(), model_.end);
    ASSERT_EQ(log_->log_start_offset(), model_.start);
    auto read = read_all(*log_, log_->log_start_offset(),
                         static_cast<std::int32_t>(random_.between(1, 5000)));
    ASSERT_EQ(read, model_.batches);
    if (model_.batches.empty()) return;
    const base::Bytes& any = model_.batches[random_.below(model_.batches.size())];
    auto found = log_->offset_for_timestamp(protocol::BatchView(any).max_timestamp(), model_.end);
    ASSERT_TRUE(found.ok() && found->has_value());
    ASSERT_LE((*found)->offset, protocol::BatchView(any).last_offset());
    ASSERT_GE((*found)->timestamp_ms, protocol::BatchView(any).max_timestamp());
  }

  base::Random random_;
  LogBench bench_;
  std::unique_ptr<Log> log_;
  Model model_;
  protocol::LeaderEpoch epoch_ = 0;
};

TEST(LogModel, AgreesWithAListOfBatches) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    RandomRun run(seed);
    for (int i = 0; i < 120 && !::testing::Test::HasFatalFailure(); ++i) run.step();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace odradek::log
