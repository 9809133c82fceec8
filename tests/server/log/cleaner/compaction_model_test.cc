#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>

#include "base/random.h"
#include "base/thread.h"
#include "tests/server/log/cleaner/compaction_bench.h"

namespace odradek::log {
namespace {

// A log under random appends, rolls, compactions and restarts, beside all that was ever appended.
class CompactionModel {
 public:
  explicit CompactionModel(std::uint64_t seed) : random_(seed) {
    bench_.options.segment_bytes = 4000;
    bench_.options.index_interval_bytes = 300;
    bench_.map_bytes = static_cast<std::int64_t>(24 * random_.between(5, 100));
    log_ = bench_.load();
  }

  void step() {
    switch (random_.below(10)) {
      case 0:
        CHECK(log_->roll().ok());
        break;
      case 1:
      case 2:
        compact();
        check();
        break;
      case 3:
        restart(random_.one_in(2));
        check();
        break;
      default:
        append_some();
    }
  }

 private:
  void append_some() {
    constexpr protocol::CompressionType kCodecs[] = {protocol::CompressionType::kNone,
                                                     protocol::CompressionType::kLz4,
                                                     protocol::CompressionType::kGzip};
    SetSpec spec;
    spec.codec = kCodecs[random_.below(3)];
    std::vector<KeyValue> records;
    protocol::Offset offset = log_->log_end_offset();
    for (std::uint64_t i = random_.below(8) + 1; i > 0; --i) {
      KeyValue record{std::to_string(random_.below(40)), std::nullopt};
      if (!random_.one_in(10)) record.value = std::string(random_.below(60), 'v');
      all_.push_back({offset++, record.key, record.value});
      records.push_back(std::move(record));
    }
    if (random_.one_in(4)) {
      spec.producer_id = 1;
      spec.producer_epoch = 0;
      spec.base_sequence = next_sequence_;
      next_sequence_ += static_cast<std::int32_t>(records.size());
    }
    append(*log_, record_set(records, spec));
  }
  void compact() {
    protocol::Offset end = log_->log_end_offset();
    protocol::Offset replicated = std::max<protocol::Offset>(
        log_->high_watermark(), end - static_cast<protocol::Offset>(random_.below(20)));
    log_->set_high_watermark(replicated);
    CompactionReport report = bench_.compact(*log_);
    ASSERT_EQ(report.end, CompactionEnd::kDone) << report.reason;
    ASSERT_LE(report.cleaned_to, replicated);
  }
  void restart(bool in_order) {
    auto cleaned_to = log_->compaction().cleaned_to();
    if (in_order) CHECK(log_->close().ok());
    log_ = in_order ? bench_.load_clean() : bench_.load();
    if (cleaned_to) CHECK(log_->compaction().advance_to(*cleaned_to, log_->compaction().cuts()));
  }
  void check() {
    std::vector<Survivor> left = survivors(*log_);
    ASSERT_EQ(log_->log_end_offset(), static_cast<protocol::Offset>(all_.size()));
    ASSERT_TRUE(std::ranges::includes(all_, left, {}, &Survivor::offset, &Survivor::offset));
    std::map<std::string, Survivor> newest;
    std::map<std::string, Survivor> newest_left;
    for (const Survivor& record : all_) newest[*record.key] = record;
    for (const Survivor& record : left) {
      ASSERT_EQ(record, all_[static_cast<std::size_t>(record.offset)]);
      newest_left[*record.key] = record;
    }
    ASSERT_EQ(newest_left, newest);
    if (left.empty()) return;
    // From any offset on one reads what comes next.
    auto from = static_cast<protocol::Offset>(random_.below(all_.size()));
    auto next = std::ranges::lower_bound(left, from, {}, &Survivor::offset);
    if (next == left.end()) return;
    auto info = log_->read({.start_offset = from, .upper_bound = log_->log_end_offset()});
    ASSERT_TRUE(info.ok());
    base::Bytes bytes = bytes_of(info->slice);
    ASSERT_LE(protocol::BatchView(bytes).base_offset(), next->offset);
  }

  base::Random random_;
  CompactionBench bench_;
  std::unique_ptr<Log> log_;
  std::vector<Survivor> all_;
  std::int32_t next_sequence_ = 0;
};

TEST(CompactionModel, KeepsTheNewestOfEachKeyWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CompactionModel model(seed);
    for (int i = 0; i < 150 && !HasFatalFailure(); ++i) model.step();
  }
}

TEST(CompactionModel, ReadersSeeEveryKeyWhileItIsCompacted) {
  constexpr int kKeys = 50;
  CompactionBench bench;
  bench.options.segment_bytes = 3000;
  bench.options.file_delete_delay_ms = 0;
  auto log = bench.load();
  auto write = [&](int round) {
    for (int key = 0; key < kKeys; ++key) {
      append(*log, record_set({{std::to_string(key), std::to_string(round)}}));
    }
    log->set_high_watermark(log->log_end_offset());
  };
  write(0);
  std::atomic<bool> done{false};
  std::atomic<int> passes{0};
  base::Thread reader("reader", [&] {
    while (!done.load()) {
      std::set<std::string> keys;
      protocol::Offset last = -1;
      for (const Survivor& record : survivors(*log)) {
        EXPECT_GT(record.offset, last);
        last = record.offset;
        keys.insert(*record.key);
      }
      EXPECT_EQ(keys.size(), static_cast<std::size_t>(kKeys));
      ++passes;
    }
  });
  for (int round = 1; round < 60 || passes.load() < 20; ++round) {
    write(round);
    EXPECT_EQ(bench.compact(*log).end, CompactionEnd::kDone);
    bench.deleter.run_due();
  }
  done.store(true);
}

}  // namespace
}  // namespace odradek::log
