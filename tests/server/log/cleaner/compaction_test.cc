#include "server/log/cleaner/compaction.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>

#include "server/log/log_directory.h"
#include "tests/server/log/cleaner/compaction_bench.h"
#include "tests/support/fail_nth_operation.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;
using protocol::CompressionType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string key(int number) { return "key-" + std::to_string(number); }

// The last record of each key, by offset.
std::vector<Survivor> newest_of(const std::vector<Survivor>& all) {
  std::map<std::string, Survivor> newest;
  for (const Survivor& record : all) newest[*record.key] = record;
  std::vector<Survivor> kept;
  for (const Survivor& record : all) {
    if (newest[*record.key] == record) kept.push_back(record);
  }
  return kept;
}

class EveryFormat : public ::testing::TestWithParam<std::tuple<int, CompressionType>> {
 protected:
  EveryFormat() {
    spec_.magic = static_cast<std::int8_t>(std::get<0>(GetParam()));
    spec_.codec = std::get<1>(GetParam());
    bench_.options.record_magic = spec_.magic;
    bench_.options.segment_bytes = 20'000;
    bench_.options.index_interval_bytes = 500;
  }

  // `count` records in sets of `each`, with keys that come again.
  void write(Log& log, int count, int each, int keys) {
    std::vector<KeyValue> set;
    for (int i = 0; i < count; ++i) {
      std::string value = "value " + std::to_string(i) + std::string(80, 'v');
      set.push_back({key(i * 7 % keys), std::move(value)});
      if (set.size() < static_cast<std::size_t>(each)) continue;
      append(log, record_set(set, spec_));
      set.clear();
    }
  }

  CompactionBench bench_;
  SetSpec spec_;
};
INSTANTIATE_TEST_SUITE_P(
    Formats, EveryFormat,
    ::testing::Values(std::tuple(0, CompressionType::kNone), std::tuple(0, CompressionType::kGzip),
                      std::tuple(0, CompressionType::kLz4), std::tuple(1, CompressionType::kNone),
                      std::tuple(1, CompressionType::kGzip),
                      std::tuple(1, CompressionType::kSnappy), std::tuple(1, CompressionType::kLz4),
                      std::tuple(2, CompressionType::kNone), std::tuple(2, CompressionType::kGzip),
                      std::tuple(2, CompressionType::kSnappy), std::tuple(2, CompressionType::kLz4),
                      std::tuple(2, CompressionType::kZstd)));

TEST_P(EveryFormat, KeepsTheLastRecordOfEachKeyAtItsOffset) {
  auto log = bench_.load();
  write(*log, 2000, 10, 37);
  ASSERT_TRUE(log->roll().ok());
  write(*log, 10, 10, 37);
  std::vector<Survivor> all = survivors(*log);
  std::vector<Survivor> active(all.end() - 10, all.end());
  std::vector<Survivor> expected = newest_of({all.begin(), all.end() - 10});
  expected.insert(expected.end(), active.begin(), active.end());
  std::int64_t before = log->size_bytes();
  log->set_high_watermark(log->log_end_offset());
  CompactionReport report = bench_.compact(*log);
  EXPECT_EQ(report.end, CompactionEnd::kDone) << report.reason;
  EXPECT_EQ(report.cleaned_to, 2000);
  EXPECT_EQ(report.records.records_read, 2000);
  EXPECT_EQ(survivors(*log), expected);
  EXPECT_LT(log->size_bytes(), before);
  EXPECT_EQ(log->log_end_offset(), 2010);
  // And so after a stop, and when everything is looked at again.
  ASSERT_TRUE(log->close().ok());
  log = bench_.load_clean();
  EXPECT_EQ(survivors(*log), expected);
  log.reset();
  log = bench_.load();
  EXPECT_EQ(survivors(*log), expected);
  EXPECT_EQ(log->log_end_offset(), 2010);
}

TEST_P(EveryFormat, FindsRecordsByOffsetAndTimeAfterwards) {
  auto log = bench_.load();
  for (int i = 0; i < 60; ++i) {
    spec_.timestamp_ms += 1000;
    write(*log, 20, 10, 1000);
    append(*log, record_set({{key(i * 20 + 5 + 3000), "late"}}, spec_));
  }
  std::int64_t wanted_ms = spec_.timestamp_ms - 20'000;
  auto before = log->offset_for_timestamp(wanted_ms, log->log_end_offset());
  bench_.roll_and_compact(*log);
  for (const Survivor& record : survivors(*log)) {
    auto info = log->read({.start_offset = record.offset, .upper_bound = log->log_end_offset()});
    ASSERT_TRUE(info.ok());
    base::Bytes bytes = bytes_of(info->slice);
    EXPECT_GE(protocol::BatchView(bytes).last_offset(), record.offset);
    EXPECT_EQ(info->first.offset, record.offset);
  }
  auto after = log->offset_for_timestamp(wanted_ms, log->log_end_offset());
  ASSERT_TRUE(before.ok() && after.ok());
  ASSERT_EQ(before->has_value(), after->has_value());
  if (before->has_value()) {
    EXPECT_GE((*after)->offset, (*before)->offset);
    EXPECT_GE((*after)->timestamp_ms, wanted_ms);
  }
}

TEST_P(EveryFormat, DropsTombstonesOnlyAfterTheirRetention) {
  bench_.options.delete_retention_ms = 60'000;
  auto log = bench_.load();
  append(*log, record_set({{key(1), "a"}, {key(2), "b"}, {key(1), std::nullopt}}, spec_));
  append(*log, record_set({{key(3), "c"}}, spec_));
  ASSERT_TRUE(log->roll().ok());
  append(*log, record_set({{key(4), "d"}}, spec_));
  bench_.roll_and_compact(*log);
  std::vector<Survivor> with_tombstone{
      {1, key(2), "b"}, {2, key(1), std::nullopt}, {3, key(3), "c"}, {4, key(4), "d"}};
  EXPECT_EQ(survivors(*log), with_tombstone);
  // Old formats go by when their segment was written, by the file system.
  std::int64_t written_ms = *log->segments().first()->modified_ms();
  bench_.clock.advance_ms(59'000);
  append(*log, record_set({{key(5), "e"}}, spec_));
  bench_.roll_and_compact(*log);
  with_tombstone.push_back({5, key(5), "e"});
  EXPECT_EQ(survivors(*log), with_tombstone);
  bench_.clock.advance_ms(2'000);
  append(*log, record_set({{key(6), "f"}}, spec_));
  ASSERT_TRUE(log->roll().ok());
  // What comes later makes the older segments old.
  for (const SegmentPtr& segment : log->segments().all()) {
    if (segment->base_offset() < 6) {
      ASSERT_TRUE(segment->set_modified_ms(written_ms - 100'000).ok());
    }
  }
  auto options = *log->options();
  options.delete_retention_ms = spec_.magic < 2 ? -1 : 60'000;
  log->set_options(options);
  bench_.roll_and_compact(*log);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{1, key(2), "b"}, Survivor{3, key(3), "c"},
                                           Survivor{4, key(4), "d"}, Survivor{5, key(5), "e"},
                                           Survivor{6, key(6), "f"}));
}

TEST(Compaction, TakesALogInRoundsWhenItsKeysDoNotFit) {
  CompactionBench bench;
  bench.map_bytes = 24 * 40;
  bench.options.segment_bytes = 3000;
  auto log = bench.load();
  for (int i = 0; i < 500; ++i) append(*log, record_set({{key(i % 100), std::to_string(i)}}));
  log->set_high_watermark(log->log_end_offset());
  ASSERT_TRUE(log->roll().ok());
  std::vector<Survivor> expected = newest_of(survivors(*log));
  int rounds = 0;
  protocol::Offset cleaned_to = 0;
  while (cleaned_to < 500) {
    CompactionReport report = bench.compact(*log);
    ASSERT_EQ(report.end, CompactionEnd::kDone) << report.reason;
    ASSERT_GT(report.cleaned_to, cleaned_to);
    cleaned_to = report.cleaned_to;
    ASSERT_EQ(newest_of(survivors(*log)), expected);
    ++rounds;
  }
  EXPECT_GT(rounds, 5);
  EXPECT_EQ(log->compaction().cleaned_to(), 500);
}

TEST(Compaction, MakesOneOfSmallSegments) {
  CompactionBench bench;
  auto log = bench.load();
  std::int64_t modified_ms = 0;
  for (int i = 0; i < 5; ++i) {
    append(*log, record_set({{"same", std::to_string(i)}, {key(i), "one"}}));
    modified_ms = 1'600'000'000'000 + i * 1000;
    ASSERT_TRUE(log->segments().last()->set_modified_ms(modified_ms).ok());
    ASSERT_TRUE(log->roll().ok());
  }
  ASSERT_EQ(log->segment_count(), 6u);
  bench.roll_and_compact(*log);
  ASSERT_EQ(log->segment_count(), 2u);
  EXPECT_EQ(*log->segments().first()->modified_ms(), modified_ms);
  EXPECT_EQ(log->segments().last()->base_offset(), 10);
  EXPECT_THAT(survivors(*log), SizeIs(6));
  auto snapshots = list_producer_snapshots(bench.log_directory());
  ASSERT_TRUE(snapshots.ok());
  EXPECT_THAT(*snapshots, ElementsAre(10));
}

TEST(Compaction, LeavesWhatIsNotReplicatedAlone) {
  CompactionBench bench;
  auto log = bench.load();
  for (int i = 0; i < 4; ++i) {
    append(*log, record_set({{"same", std::to_string(i)}}));
    ASSERT_TRUE(log->roll().ok());
  }
  log->set_high_watermark(3);
  bench.compact(*log);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{2, "same", "2"}, Survivor{3, "same", "3"}));
}

TEST(Compaction, DropsRecordsWithoutKeyAndCountsThem) {
  CompactionBench bench;
  bench.options.cleanup_compact = false;  // or they would be refused
  auto log = bench.load();
  append(*log, record_set({{std::nullopt, "lost"}, {"key", "value"}}));
  auto options = *log->options();
  options.cleanup_compact = true;
  log->set_options(options);
  CompactionReport report = bench.roll_and_compact(*log);
  EXPECT_EQ(report.records.records_without_key, 1);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{1, "key", "value"}));
}

TEST(Compaction, KeepsTheLastBatchOfEachProducer) {
  CompactionBench bench;
  auto log = bench.load();
  auto batch = [](std::int64_t producer, int sequence, const std::string& value) {
    return record_set({{"same", value}},
                      {.producer_id = producer, .producer_epoch = 0, .base_sequence = sequence});
  };
  append(*log, batch(1, 0, "a"));
  append(*log, batch(1, 1, "b"));
  append(*log, batch(2, 0, "c"));
  append(*log, record_set({{"same", "d"}}));
  bench.roll_and_compact(*log);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{3, "same", "d"}));
  std::vector<base::Bytes> batches = read_all(*log, 0);
  ASSERT_THAT(batches, SizeIs(3));  // two of them empty
  EXPECT_EQ(protocol::BatchView(batches[0]).base_sequence(), 1);
  // All from the log: the sequences go on where they were.
  fs::remove(producer_snapshot_path(bench.log_directory(), 4));
  log = bench.load();
  EXPECT_EQ(refused(*log, batch(1, 3, "e")), protocol::ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(refused(*log, batch(1, 2, "e")), protocol::ErrorCode::kNone);
  EXPECT_EQ(refused(*log, batch(2, 1, "f")), protocol::ErrorCode::kNone);
}

TEST(Compaction, RemovesAbortedRecordsAndLaterTheirMarkers) {
  CompactionBench bench;
  bench.options.delete_retention_ms = 60'000;
  auto log = bench.load();
  auto write = [&](std::int64_t producer, int sequence, const std::string& value) {
    append(*log, record_set({{"key", value}}, {.producer_id = producer,
                                               .producer_epoch = 0,
                                               .base_sequence = sequence,
                                               .transactional = true}));
  };
  write(1, 0, "committed");               // 0
  bench.end_transaction(*log, 1, true);   // 1
  write(2, 0, "aborted");                 // 2
  bench.end_transaction(*log, 2, false);  // 3
  write(2, 1, "other");                   // 4
  bench.end_transaction(*log, 2, true);   // 5
  write(1, 1, "newest");                  // 6
  bench.end_transaction(*log, 1, true);   // 7
  auto markers = [&] {
    std::vector<protocol::Offset> offsets;
    for (const base::Bytes& batch : read_all(*log, 0)) {
      if (protocol::BatchView(batch).is_control()) {
        offsets.push_back(protocol::BatchView(batch).base_offset());
      }
    }
    return offsets;
  };
  ASSERT_TRUE(log->roll().ok());
  bench.roll_and_compact(*log);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{6, "key", "newest"}));
  EXPECT_THAT(markers(), ElementsAre(1, 3, 5, 7));
  // The aborted records were there when this pass began, so their entry was still wanted.
  EXPECT_THAT(*log->segments().first()->transaction_index().entries(), SizeIs(1));
  // The next pass meets none of their records: the horizon is set, and the entry goes.
  append(*log, record_set({{"another", "x"}}));
  bench.roll_and_compact(*log);
  EXPECT_THAT(markers(), ElementsAre(1, 3, 5, 7));
  EXPECT_THAT(*log->segments().first()->transaction_index().entries(), IsEmpty());
  bench.clock.advance_ms(60'000);
  append(*log, record_set({{"another", "y"}}));
  bench.roll_and_compact(*log);
  // 7 follows a record that is still there, 5 the header that keeps its producer's sequence.
  EXPECT_THAT(markers(), ElementsAre(5, 7));
  EXPECT_THAT(survivors(*log),
              ElementsAre(Survivor{6, "key", "newest"}, Survivor{9, "another", "y"}));
}

TEST(Compaction, GivesUpWhenTheLogIsTruncatedMeanwhile) {
  for (int at = 1; at < 100; ++at) {
    CompactionBench bench;
    auto log = bench.load();
    for (int i = 0; i < 60; ++i) {
      append(*log, record_set({{key(i % 3), std::to_string(i)}}));
      if (i % 10 == 9) CHECK(log->roll().ok());
    }
    log->set_high_watermark(60);
    std::vector<Survivor> all = survivors(*log);
    int asked = 0;
    bench.run(bench.prepare(*log, [&](std::int64_t) {
      if (++asked == at) CHECK(log->truncate_to(30).ok());
      return true;
    }));
    std::vector<Survivor> left(all.begin(), all.begin() + 30);
    if (asked < at) {
      EXPECT_GT(at, 15);
      return;
    }
    EXPECT_EQ(survivors(*log), left) << at;
    EXPECT_EQ(log->log_end_offset(), 30);
    EXPECT_EQ(log->compaction().cleaned_to(), std::nullopt);
  }
  FAIL() << "the compaction never came to its end";
}

TEST(Compaction, GivesUpWhenRetentionTakesItsSegments) {
  CompactionBench bench;
  bench.options.cleanup_delete = true;
  bench.options.retention_ms = 1000;
  auto log = bench.load();
  append(*log, record_set({{"key", "1"}}));
  append(*log, record_set({{"key", "2"}}));
  ASSERT_TRUE(log->roll().ok());
  log->set_high_watermark(2);
  bench.clock.advance_ms(60'000);
  int asked = 0;
  CompactionReport report = bench.run(bench.prepare(*log, [&](std::int64_t) {
    if (++asked == 2) CHECK_EQ(*log->delete_old_segments(), 1u);
    return true;
  }));
  EXPECT_EQ(report.end, CompactionEnd::kAborted);
  EXPECT_THAT(survivors(*log), IsEmpty());
  EXPECT_EQ(log->log_start_offset(), 2);
}

TEST(Compaction, SaysWhereALogIsBroken) {
  CompactionBench bench;
  auto log = bench.load();
  append(*log, record_set({{"key", "1"}}));
  append(*log, record_set({{"key", "2"}}));
  std::string path = log->segments().first()->log_file().path();
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('?');
  }
  CompactionReport report = bench.roll_and_compact(*log);
  EXPECT_EQ(report.end, CompactionEnd::kBroken);
  EXPECT_THAT(report.reason, ::testing::HasSubstr(path + " is broken at byte"));
  EXPECT_EQ(log->compaction().cleaned_to(), std::nullopt);
}

// What one directory holds, told apart by its files alone.
struct OldAndNew {
  std::vector<Survivor> old_records;
  std::vector<Survivor> new_records;
};

OldAndNew fill_small_segments(CompactionBench& bench, Log& log) {
  for (int i = 0; i < 12; ++i) {
    append(log, record_set({{key(i % 4), "old"}, {key(i % 4), std::to_string(i)}}));
    if (i % 4 == 3) CHECK(log.roll().ok());
  }
  log.set_high_watermark(log.log_end_offset());
  bench.clock.advance_ms(1);
  std::vector<Survivor> all = survivors(log);
  return {all, newest_of(all)};
}

TEST(Compaction, LeavesTheOldOrTheNewRecordsWhereverItIsInterrupted) {
  int interrupted = 0;
  for (int n = 1;; ++n) {
    CompactionBench bench;
    bench.options.file_delete_delay_ms = 0;
    auto log = bench.load();
    OldAndNew records = fill_small_segments(bench, *log);
    OffsetMap offsets(bench.map_bytes, 0.9);
    Compaction compaction = bench.prepare(*log);
    bool happened = false;
    {
      testing::FailNthOperation failing(n);
      compaction.run({offsets, bench.io_buffer_bytes});
      happened = failing.happened();
    }
    if (!happened) break;
    ++interrupted;
    log.reset();
    LogDir again(bench.directory.path());
    for (bool clean : {true, false}) {
      auto loaded = load_log(
          {"topic", 0}, again, bench.context, bench.options,
          {.directory = bench.log_directory(), .clean_shutdown = clean, .recovery_point = 24});
      ASSERT_TRUE(loaded.ok()) << n << ": " << loaded.error().message;
      std::vector<Survivor> found = survivors(**loaded);
      EXPECT_TRUE(found == records.old_records || found == records.new_records) << n;
      EXPECT_EQ((*loaded)->log_end_offset(), 24) << n;
    }
    for (const auto& entry : fs::directory_iterator(bench.log_directory())) {
      std::string name = entry.path().filename();
      EXPECT_FALSE(name.ends_with(".cleaned") || name.ends_with(".swap") ||
                   name.ends_with(".deleted"))
          << n << ": " << name;
    }
  }
  EXPECT_GT(interrupted, 30);
}

TEST(Compaction, LosesNoNewestRecordWhereSegmentsBecomeEmptyAndAnyStepFails) {
  for (int n = 1;; ++n) {
    CompactionBench bench;
    bench.options.record_magic = 1;  // no headers stay in place of what is gone
    bench.options.segment_bytes = 400;
    auto log = bench.load();
    for (int i = 0; i < 24; ++i) {
      append(*log, record_set({{key(i % 4), std::to_string(i)}}, {.magic = 1}));
    }
    log->set_high_watermark(24);
    ASSERT_TRUE(log->roll().ok());
    std::vector<Survivor> expected = newest_of(survivors(*log));
    OffsetMap offsets(bench.map_bytes, 0.9);
    Compaction compaction = bench.prepare(*log);
    bool happened = false;
    {
      testing::FailNthOperation failing(n);
      compaction.run({offsets, bench.io_buffer_bytes});
      happened = failing.happened();
    }
    if (!happened) {
      EXPECT_EQ(survivors(*log), expected);
      EXPECT_EQ(log->segments().first()->size_bytes(), 0);
      EXPECT_GT(n, 60);
      return;
    }
    log.reset();
    LogDir again(bench.directory.path());
    auto loaded = load_log({"topic", 0}, again, bench.context, bench.options,
                           {.directory = bench.log_directory(), .clean_shutdown = n % 2 == 0});
    ASSERT_TRUE(loaded.ok()) << n << ": " << loaded.error().message;
    EXPECT_EQ(newest_of(survivors(**loaded)), expected) << n;
    EXPECT_EQ((*loaded)->log_end_offset(), 24) << n;
  }
}

}  // namespace
}  // namespace odradek::log
