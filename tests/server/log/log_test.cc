#include "server/log/log.h"

#include <chrono>
#include <future>
#include <set>

#include "base/file_faults.h"
#include "base/thread.h"
#include "protocol/record/control_record.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using protocol::ErrorCode;

ErrorCode code(const base::Error& error) { return protocol::code_of(error); }

TEST(Log, GivesOffsetsInOrderAndReadsThemBack) {
  LogBench bench;
  auto log = bench.load();
  EXPECT_EQ(append(*log, make_batch({.records = 3})).first_offset, 0);
  AppendInfo second = append(*log, make_batch({.records = 2}), 7);
  EXPECT_EQ(second.first_offset, 3);
  EXPECT_EQ(second.last_offset, 4);
  EXPECT_EQ(second.record_count, 2);
  EXPECT_EQ(log->log_end_offset(), 5);
  auto batches = read_all(*log, 0);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(protocol::BatchView(batches[1]).base_offset(), 3);
  EXPECT_EQ(protocol::BatchView(batches[1]).partition_leader_epoch(), 7);
}

TEST(Log, ReadsFromTheBatchThatHoldsTheOffset) {
  LogBench bench;
  auto log = bench.load();
  for (int i = 0; i < 10; ++i) append(*log, make_batch({.records = 10}));
  auto info = log->read({.start_offset = 57, .upper_bound = 100});
  ASSERT_TRUE(info.ok());
  base::Bytes bytes = bytes_of(info->slice);
  EXPECT_EQ(protocol::BatchView(bytes).base_offset(), 50);
  EXPECT_EQ(info->first.offset, 57);
  EXPECT_EQ(info->first.position, info->slice.position);
}

// Every offset is read from its own batch, and that batch alone when no more is wanted; where the
// index has an entry for each batch it alone is asked, and it must not be believed where it has
// not.
void expect_each_batch_found(const Log& log) {
  protocol::Offset end = log.log_end_offset();
  for (const base::Bytes& bytes : read_all(log, log.log_start_offset())) {
    protocol::BatchView batch(bytes);
    for (protocol::Offset offset = batch.base_offset(); offset <= batch.last_offset(); ++offset) {
      auto info = log.read({.start_offset = offset, .max_bytes = 1, .upper_bound = end});
      ASSERT_TRUE(info.ok()) << info.error().message;
      ASSERT_EQ(bytes_of(info->slice), bytes) << offset;
    }
  }
}

TEST(Log, FindsEachBatchWhetherItHasAnIndexEntryOrNot) {
  for (std::size_t most_bytes : {0, 400}) {
    base::Random random(7);
    LogBench bench;
    bench.options.index_interval_bytes = 200;
    bench.options.segment_bytes = 8'000;
    auto log = bench.load();
    for (int round = 0; round < 6; ++round) {
      for (int i = 0; i < 12; ++i) {
        std::size_t value_bytes = most_bytes == 0 ? 120 : random.below(most_bytes) / 8;
        append(*log, make_batch({.records = 2, .value_bytes = value_bytes}));
      }
      expect_each_batch_found(*log);
      auto cut = static_cast<protocol::Offset>(random.below(20));
      ASSERT_TRUE(log->truncate_to(log->log_end_offset() - cut).ok());
      expect_each_batch_found(*log);
    }
    log.reset();
    log = bench.load();
    append(*log, make_batch({.records = 2}));
    expect_each_batch_found(*log);
  }
}

TEST(Log, RefusesOffsetsOutsideOfTheLog) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.records = 3}));
  EXPECT_EQ(code(log->read({.start_offset = 4, .upper_bound = 3}).error()),
            ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(code(log->read({.start_offset = -1, .upper_bound = 3}).error()),
            ErrorCode::kOffsetOutOfRange);
  auto at_end = log->read({.start_offset = 3, .upper_bound = 3});
  ASSERT_TRUE(at_end.ok());
  EXPECT_EQ(at_end->slice.size_bytes, 0);
}

TEST(Log, NeverReadsAtOrAboveTheUpperBound) {
  LogBench bench;
  bench.options.segment_bytes = 2000;
  auto log = bench.load();
  for (int i = 0; i < 50; ++i) append(*log, make_batch({.records = 2, .value_bytes = 150}));
  EXPECT_GT(log->segment_count(), 5u);
  for (protocol::Offset bound = 0; bound <= 100; ++bound) {
    for (protocol::Offset start = 0; start <= 100; start += 7) {
      auto info = log->read({.start_offset = start, .upper_bound = bound});
      ASSERT_TRUE(info.ok());
      base::Bytes bytes = bytes_of(info->slice);
      protocol::BatchReader reader(bytes);
      protocol::Offset last = -1;
      for (auto batch = reader.next(); batch.ok() && batch->has_value(); batch = reader.next()) {
        last = (*batch)->last_offset();
      }
      EXPECT_LT(last, bound);
      // A batch that is wholly below the bound is there.
      if (start < bound - bound % 2) {
        EXPECT_GE(last, start);
      }
    }
  }
}

TEST(Log, ReturnsTheFirstBatchWholeWhenAsked) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.value_bytes = 10'000}));
  append(*log, make_batch({.value_bytes = 10'000}));
  auto whole = log->read({.start_offset = 0, .max_bytes = 100, .upper_bound = 2});
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(bytes_of(whole->slice).size(),
            protocol::BatchView(bytes_of(whole->slice)).size_bytes());
  auto part =
      log->read({.start_offset = 0, .max_bytes = 100, .upper_bound = 2, .min_one_message = false});
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->slice.size_bytes, 100);
  EXPECT_TRUE(part->first_batch_incomplete);
}

TEST(Log, AnswersARepeatedBatchWithItsFirstOffsets) {
  LogBench bench;
  auto log = bench.load();
  auto batch = [](int sequence, std::int16_t epoch = 0) {
    return make_batch(
        {.records = 2, .producer_id = 9, .producer_epoch = epoch, .base_sequence = sequence});
  };
  for (int i = 0; i < 6; ++i) append(*log, batch(2 * i));
  auto repeated = log->append_as_leader(*std::make_unique<base::Bytes>(batch(2)), {});
  ASSERT_TRUE(repeated.ok());
  EXPECT_TRUE(repeated->duplicate);
  EXPECT_EQ(repeated->first_offset, 2);
  EXPECT_EQ(repeated->last_offset, 3);
  EXPECT_EQ(log->log_end_offset(), 12);
  EXPECT_EQ(refused(*log, batch(0)), ErrorCode::kOutOfOrderSequenceNumber);  // the sixth last
  EXPECT_EQ(refused(*log, batch(14)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(refused(*log, batch(5, 1)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(refused(*log, batch(0, 1)), ErrorCode::kNone);
  EXPECT_EQ(refused(*log, batch(12, 0)), ErrorCode::kInvalidProducerEpoch);
}

TEST(Log, RemembersProducersAcrossAnUncleanRestart) {
  LogBench bench;
  auto batch = [](int sequence) {
    return make_batch({.producer_id = 9, .producer_epoch = 0, .base_sequence = sequence});
  };
  {
    auto log = bench.load();
    for (int i = 0; i < 3; ++i) append(*log, batch(i));
    ASSERT_TRUE(log->roll().ok());
    for (int i = 3; i < 6; ++i) append(*log, batch(i));
  }
  auto log = bench.load();
  base::Bytes again = batch(4);
  auto repeated = log->append_as_leader(again, {});
  ASSERT_TRUE(repeated.ok());
  EXPECT_TRUE(repeated->duplicate);
  EXPECT_EQ(repeated->first_offset, 4);
  EXPECT_EQ(refused(*log, batch(7)), ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(refused(*log, batch(6)), ErrorCode::kNone);
}

TEST(Log, RemembersProducersAcrossACleanRestartBySnapshot) {
  LogBench bench;
  {
    auto log = bench.load();
    append(*log, make_batch({.producer_id = 9, .producer_epoch = 3, .base_sequence = 0}));
    ASSERT_TRUE(log->close().ok());
  }
  auto log = bench.load_clean();
  ASSERT_EQ(log->producers().size(), 1u);
  EXPECT_EQ(log->producers()[0].producer_epoch, 3);
  EXPECT_EQ(log->recovery_point(), 1);
}

TEST(Log, ForgetsProducersWhateverTimesTheyMadeUp) {
  LogBench bench;
  auto log = bench.load();
  std::int64_t producer = 0;
  for (std::int64_t time : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                            std::numeric_limits<std::int64_t>::max() - 1}) {
    append(*log, make_batch({.timestamp_ms = time,
                             .producer_id = ++producer,
                             .producer_epoch = 0,
                             .base_sequence = 0}));
  }
  log->expire_producers();
  ASSERT_EQ(log->producers().size(), 1u);
  EXPECT_EQ(log->producers()[0].producer_id, 3);
}

TEST(Log, RefusesWhatIsTooLarge) {
  LogBench bench;
  bench.options.max_message_bytes = 500;
  bench.options.segment_bytes = 400;
  auto log = bench.load();
  EXPECT_EQ(refused(*log, make_batch({.value_bytes = 600})), ErrorCode::kMessageTooLarge);
  EXPECT_EQ(refused(*log, make_batch({.value_bytes = 380})), ErrorCode::kRecordListTooLarge);
  EXPECT_EQ(refused(*log, make_batch({.value_bytes = 100})), ErrorCode::kNone);
}

TEST(Log, RefusesACorruptBatchAndStaysAsItWas) {
  LogBench bench;
  auto log = bench.load();
  base::Bytes batch = make_batch();
  batch.back() ^= 1;
  EXPECT_EQ(refused(*log, batch), ErrorCode::kCorruptMessage);
  EXPECT_EQ(log->log_end_offset(), 0);
  EXPECT_EQ(log->size_bytes(), 0);
}

TEST(Log, RollsBySizeTimeAndFullIndex) {
  LogBench bench;
  bench.options.segment_ms = 1000;
  auto log = bench.load();
  append(*log, make_batch({.timestamp_ms = 5000}));
  append(*log, make_batch({.timestamp_ms = 6000}));
  EXPECT_EQ(log->segment_count(), 1u);
  append(*log, make_batch({.timestamp_ms = 6001}));
  EXPECT_EQ(log->segment_count(), 2u);
  bench.options.segment_ms = 1'000'000;
  bench.options.index_interval_bytes = 1;
  bench.options.segment_index_bytes = 48;  // six offsets, four times
  log->set_options(bench.options);
  for (int i = 0; i < 20; ++i) append(*log, make_batch({.timestamp_ms = 7000 + i}));
  EXPECT_GT(log->segment_count(), 4u);
  EXPECT_EQ(read_all(*log, 0).size(), 23u);
}

TEST(Log, AppendsWhatALeaderSentWithItsOffsets) {
  LogBench bench;
  auto log = bench.load();
  base::Bytes both = make_batch({.records = 2, .base_offset = 10, .leader_epoch = 3});
  base::Bytes next = make_batch({.base_offset = 15, .leader_epoch = 4});
  both.insert(both.end(), next.begin(), next.end());
  both.insert(both.end(), next.begin(), next.begin() + 30);  // torn
  auto info = log->append_as_follower(both);
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->first_offset, 10);
  EXPECT_EQ(log->log_end_offset(), 16);
  EXPECT_EQ(log->epochs().entries(), (std::vector<EpochEntry>{{3, 10}, {4, 15}}));
  EXPECT_FALSE(log->append_as_follower(make_batch({.base_offset = 15})).ok());
  base::Bytes damaged = make_batch({.base_offset = 16});
  damaged.back() ^= 1;
  EXPECT_EQ(code(log->append_as_follower(damaged).error()), ErrorCode::kCorruptMessage);
  EXPECT_EQ(log->log_end_offset(), 16);
}

// As a replica that begins with what compaction left of a log.
TEST(Log, BeginsASegmentAtABatchFarAboveItsEnd) {
  constexpr protocol::Offset kFar = 3'000'000'000;
  for (int before : {0, 1}) {
    LogBench bench;
    auto log = bench.load();
    for (int i = 0; i < before; ++i) append(*log, make_batch());
    base::Bytes batch = make_batch({.records = 2, .base_offset = kFar, .leader_epoch = 1});
    ASSERT_TRUE(log->append_as_follower(batch).ok());
    batch = make_batch({.base_offset = kFar + 2, .leader_epoch = 1});
    ASSERT_TRUE(log->append_as_follower(batch).ok());
    auto expect_it = [&] {
      EXPECT_EQ(log->log_start_offset(), before == 0 ? kFar : 0);
      EXPECT_GE(log->high_watermark(), log->log_start_offset());
      EXPECT_EQ(log->log_end_offset(), kFar + 3);
      EXPECT_EQ(log->segments().last()->base_offset(), kFar);
      EXPECT_EQ(log->segment_count(), before == 0 ? 1u : 2u);
      auto batches = read_all(*log, log->log_start_offset());
      ASSERT_EQ(batches.size(), static_cast<std::size_t>(before) + 2);
      EXPECT_EQ(batches.back(), batch);
      auto read = log->read({.start_offset = kFar, .max_bytes = 1, .upper_bound = kFar + 3});
      EXPECT_EQ(read->first.segment_base_offset, kFar);
    };
    expect_it();
    log.reset();
    log = bench.load();
    expect_it();
  }
}

// Whichever of the two files of records a crash leaves, and whether the batch was written.
TEST(Log, OpensWhatIsLeftWhereAnEmptySegmentWasReplacedByOneFarAbove) {
  constexpr protocol::Offset kFar = 3'000'000'000;
  for (bool first_left : {false, true}) {
    for (bool written : {false, true}) {
      LogBench bench;
      auto log = bench.load();
      base::Bytes batch = make_batch({.base_offset = kFar, .leader_epoch = 1});
      ASSERT_TRUE(log->append_as_follower(batch).ok());
      log.reset();
      std::string first = bench.log_directory() + "/" + segment_file_name(0, "");
      std::string far = bench.log_directory() + "/" + segment_file_name(kFar, kLogSuffix);
      EXPECT_EQ(*base::path_type(first + kLogSuffix), base::FileType::kMissing);
      EXPECT_EQ(*base::path_type(first + kIndexSuffix), base::FileType::kMissing);
      if (first_left) {
        ASSERT_TRUE(base::write_file_atomically(first + kLogSuffix, "").ok());
      }
      ASSERT_TRUE(base::write_file_atomically(first + kIndexSuffix, "").ok());
      ASSERT_TRUE(base::write_file_atomically(first + kTimeIndexSuffix, "").ok());
      if (!written) {
        ASSERT_TRUE(base::write_file_atomically(far, "").ok());
      }
      log = bench.load();
      EXPECT_EQ(log->log_start_offset(), first_left ? 0 : kFar);
      EXPECT_EQ(log->log_end_offset(), kFar + (written ? 1 : 0));
      EXPECT_EQ(read_all(*log, log->log_start_offset()).size(), written ? 1u : 0u);
      batch = make_batch({.base_offset = kFar + 1, .leader_epoch = 1});
      ASSERT_TRUE(log->append_as_follower(batch).ok());
      EXPECT_EQ(read_all(*log, log->log_start_offset()).back(), batch);
    }
  }
}

TEST(Log, TruncatesAcrossSegmentsWithEpochsAndProducers) {
  LogBench bench;
  auto log = bench.load();
  for (int i = 0; i < 10; ++i) {
    append(*log, make_batch({.producer_id = 5, .producer_epoch = 0, .base_sequence = i}), i / 2);
    if (i % 3 == 2) {
      ASSERT_TRUE(log->roll().ok());
    }
  }
  ASSERT_TRUE(log->flush().ok());
  auto cut = log->truncate_to(4);
  ASSERT_TRUE(cut.ok());
  EXPECT_TRUE(*cut);
  EXPECT_EQ(log->log_end_offset(), 4);
  EXPECT_EQ(log->recovery_point(), 4);
  EXPECT_EQ(log->epochs().entries(), (std::vector<EpochEntry>{{0, 0}, {1, 2}}));
  EXPECT_EQ(log->producers()[0].last_sequence(), 3);
  EXPECT_EQ(read_all(*log, 0).size(), 4u);
  append(*log, make_batch({.producer_id = 5, .producer_epoch = 0, .base_sequence = 4}), 9);
  EXPECT_EQ(read_all(*log, 0).size(), 5u);
  EXPECT_EQ(log->end_offset_for_epoch(1), (EpochEndOffset{1, 4}));
  EXPECT_EQ(log->end_offset_for_epoch(5), (EpochEndOffset{1, 4}));
  EXPECT_EQ(log->end_offset_for_epoch(9), (EpochEndOffset{9, 5}));
  EXPECT_EQ(log->end_offset_for_epoch(10), (EpochEndOffset{-1, -1}));
}

TEST(Log, DropsAWholeBatchWhenCutInsideOfIt) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.records = 5}));
  append(*log, make_batch({.records = 5}));
  ASSERT_TRUE(log->truncate_to(7).ok());
  EXPECT_EQ(log->log_end_offset(), 5);
}

TEST(Log, StartsAgainAtAnOffset) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.records = 5}));
  ASSERT_TRUE(log->truncate_fully_and_start_at(1000).ok());
  EXPECT_EQ(log->log_start_offset(), 1000);
  EXPECT_EQ(log->log_end_offset(), 1000);
  EXPECT_EQ(append(*log, make_batch()).first_offset, 1000);
  log.reset();
  log = bench.load();
  EXPECT_EQ(log->log_start_offset(), 1000);
  EXPECT_EQ(log->log_end_offset(), 1001);
}

TEST(Log, FindsOffsetsByTime) {
  LogBench bench;
  bench.options.index_interval_bytes = 200;
  auto log = bench.load();
  for (int i = 0; i < 40; ++i) {
    append(*log, make_batch({.records = 3, .timestamp_ms = 1000 + 10 * i}), 2);
    if (i == 20) {
      ASSERT_TRUE(log->roll().ok());
    }
  }
  auto find = [&](std::int64_t timestamp) {
    auto found = log->offset_for_timestamp(timestamp, log->log_end_offset());
    CHECK(found.ok()) << found.error().message;
    return found->value_or(FoundOffset{});
  };
  EXPECT_EQ(find(kEarliestTimestamp).offset, 0);
  EXPECT_EQ(find(kLatestTimestamp).offset, 120);
  EXPECT_EQ(find(0).offset, 0);
  EXPECT_EQ(find(1000).offset, 0);
  EXPECT_EQ(find(1001).offset, 1);
  EXPECT_EQ(find(1003).offset, 3);
  EXPECT_EQ(find(1003).timestamp_ms, 1010);
  EXPECT_EQ(find(1251).offset, 76);
  EXPECT_EQ(find(1251).leader_epoch, 2);
  EXPECT_EQ(find(1392).offset, 119);
  EXPECT_EQ(find(1393).offset, -1);
  EXPECT_EQ(find(kMaxTimestamp).offset, 119);
  EXPECT_FALSE((*log->offset_for_timestamp(1251, 76)).has_value());
}

TEST(Log, DeletesOldSegmentsUpToTheHighWatermark) {
  LogBench bench;
  bench.options.retention_ms = 1000;
  auto log = bench.load();
  for (int i = 0; i < 5; ++i) {
    append(*log, make_batch({.timestamp_ms = bench.clock.wall_ms()}), i);
    ASSERT_TRUE(log->roll().ok());
  }
  bench.clock.advance_ms(2000);
  EXPECT_EQ(*log->delete_old_segments(), 0u);  // nothing is replicated
  log->set_high_watermark(3);
  EXPECT_EQ(*log->delete_old_segments(), 3u);
  EXPECT_EQ(log->log_start_offset(), 3);
  EXPECT_EQ(log->epochs().entries().front(), (EpochEntry{3, 3}));
  EXPECT_EQ(bench.deleter.waiting(), 3u);
  EXPECT_EQ(bench.deleter.run_due(), 0u);
  bench.clock.advance_ms(60'000);
  EXPECT_EQ(bench.deleter.run_due(), 3u);
  log->set_high_watermark(5);
  EXPECT_EQ(*log->delete_old_segments(), 2u);
  EXPECT_EQ(log->log_end_offset(), 5);
  EXPECT_EQ(log->size_bytes(), 0);
}

// Appends do not wait for the disk when a start has left all times to be read.
TEST(Log, ReadsTheTimesThatRetentionNeedsBeforeItTakesTheLock) {
  LogBench bench;
  bench.options.retention_ms = 1000;
  {
    auto log = bench.load();
    for (int i = 0; i < 5; ++i) {
      append(*log, make_batch({.timestamp_ms = bench.clock.wall_ms() + 1000 * i}));
      ASSERT_TRUE(log->roll().ok());
    }
    ASSERT_TRUE(log->close().ok());
  }
  bench.clock.advance_ms(2500);
  auto log = bench.load_clean();
  log->set_high_watermark(5);
  std::set<std::string> read;
  bool waited = false;
  std::vector<base::Thread> lock_takers;
  base::FileFaults look([&](base::FileOperation operation, std::string_view path) {
    if (operation != base::FileOperation::kRead) return std::optional<base::FileFault>();
    read.insert(std::string(path.substr(path.rfind('/') + 1)));
    if (waited) return std::optional<base::FileFault>();
    auto taken = std::make_shared<std::promise<void>>();
    lock_takers.emplace_back("lock-taker", [&log, taken] {
      log->producers();
      taken->set_value();
    });
    waited = taken->get_future().wait_for(std::chrono::seconds(5)) != std::future_status::ready;
    return std::optional<base::FileFault>();
  });
  bench.options.retention_ms = -1;
  log->set_options(bench.options);
  EXPECT_EQ(*log->delete_old_segments(), 0u);
  EXPECT_EQ(read, std::set<std::string>());
  bench.options.retention_ms = 1000;
  log->set_options(bench.options);
  EXPECT_EQ(*log->delete_old_segments(), 2u);
  EXPECT_FALSE(waited);
  // The first that stays is the last that is looked at.
  EXPECT_TRUE(read.contains(segment_file_name(2, kLogSuffix)));
  EXPECT_FALSE(read.contains(segment_file_name(3, kLogSuffix)));
}

TEST(Log, ASliceStaysReadableAfterItsSegmentIsDeleted) {
  LogBench bench;
  bench.options.retention_ms = 0;
  auto log = bench.load();
  base::Bytes batch = make_batch();
  append(*log, batch);
  auto info = log->read({.start_offset = 0, .upper_bound = 1});
  ASSERT_TRUE(info.ok());
  log->set_high_watermark(1);
  bench.clock.advance_ms(100'000);
  ASSERT_EQ(*log->delete_old_segments(), 1u);
  bench.deleter.run_all();
  EXPECT_EQ(bytes_of(info->slice).size(), batch.size());
}

TEST(Log, MovesItsStartForDeleteRecords) {
  LogBench bench;
  auto log = bench.load();
  for (int i = 0; i < 4; ++i) append(*log, make_batch({.records = 5}));
  EXPECT_EQ(code(log->advance_log_start_offset(3).error()), ErrorCode::kOffsetOutOfRange);
  log->set_high_watermark(20);
  EXPECT_TRUE(*log->advance_log_start_offset(7));
  EXPECT_FALSE(*log->advance_log_start_offset(6));
  EXPECT_EQ(code(log->read({.start_offset = 6, .upper_bound = 20}).error()),
            ErrorCode::kOffsetOutOfRange);
  EXPECT_TRUE(log->read({.start_offset = 7, .upper_bound = 20}).ok());
}

TEST(Log, HoldsTheLastStableOffsetUntilTheMarkerIsReplicated) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.records = 2}));
  append(*log, make_batch({.records = 2,
                           .producer_id = 1,
                           .producer_epoch = 0,
                           .base_sequence = 0,
                           .transactional = true}));
  log->set_high_watermark(4);
  EXPECT_EQ(log->last_stable_offset(), 2);
  base::Bytes marker = protocol::end_transaction_batch({protocol::ControlRecordType::kCommit, 0}, 1,
                                                       0, bench.clock.wall_ms());
  auto info = log->append_as_leader(marker, {.origin = protocol::AppendOrigin::kCoordinator});
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(log->last_stable_offset(), 2);
  log->set_high_watermark(5);
  EXPECT_EQ(log->last_stable_offset(), 5);
}

TEST(Log, TakesItsDirectoryOfflineAtTheFirstFailedWrite) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  {
    base::FileFaults faults([](base::FileOperation operation, std::string_view) {
      return operation == base::FileOperation::kWrite
                 ? std::optional<base::FileFault>(base::FileFault{.torn_at_bytes = 40})
                 : std::nullopt;
    });
    EXPECT_EQ(refused(*log, make_batch()), ErrorCode::kKafkaStorageError);
  }
  EXPECT_FALSE(bench.dir.online());
  EXPECT_EQ(refused(*log, make_batch()), ErrorCode::kKafkaStorageError);
  EXPECT_EQ(log->log_end_offset(), 1);
}

TEST(Log, BlamesNoDiskForASegmentThatATruncationTookFromAFlush) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch());
  ASSERT_TRUE(log->roll().ok());
  append(*log, make_batch());
  // As a flush that planned before the truncation holds it.
  SegmentPtr segment = log->segments().last();
  ASSERT_TRUE(log->truncate_to(1).ok());
  EXPECT_TRUE(segment->flush().ok());
  auto read = segment->log_file().open();
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(code(read.error()), ErrorCode::kKafkaStorageError);
}

// As when descriptors run out, for which no disk is to blame, so that the log goes on.
TEST(Log, KnowsTheTimesOfWhatIsLeftAfterAFailedWrite) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.timestamp_ms = 1000}));
  append(*log, make_batch({.timestamp_ms = 2000}));
  {
    base::FileFaults faults([](base::FileOperation operation, std::string_view) {
      return operation == base::FileOperation::kWrite
                 ? std::optional<base::FileFault>(base::FileFault{.torn_at_bytes = 40})
                 : std::nullopt;
    });
    EXPECT_EQ(refused(*log, make_batch({.timestamp_ms = 3000})), ErrorCode::kKafkaStorageError);
  }
  auto newest = log->segments().last()->max_timestamp();
  ASSERT_TRUE(newest.ok());
  EXPECT_EQ(newest->timestamp_ms, 2000);
  EXPECT_EQ(newest->offset, 1);
  EXPECT_EQ(*log->segments().last()->first_timestamp_ms(), 1000);
}

TEST(Log, KeepsItsTopicId) {
  LogBench bench;
  base::Uuid id = base::Uuid::random(true);
  {
    auto log = bench.load();
    ASSERT_TRUE(log->assign_topic_id(id).ok());
    ASSERT_TRUE(log->assign_topic_id(id).ok());
    EXPECT_EQ(code(log->assign_topic_id(base::Uuid::random(true)).error()),
              ErrorCode::kInconsistentTopicId);
  }
  EXPECT_EQ(bench.load()->topic_id(), id);
}

TEST(Log, SyncsRolledSegmentsInTheBackground) {
  LogBench bench;
  auto log = bench.load();
  append(*log, make_batch({.records = 3}));
  ASSERT_TRUE(log->roll().ok());
  append(*log, make_batch());
  EXPECT_EQ(log->recovery_point(), 0);
  ASSERT_TRUE(log->flush_rolled().ok());
  EXPECT_EQ(log->recovery_point(), 3);
  ASSERT_TRUE(log->flush().ok());
  EXPECT_EQ(log->recovery_point(), 4);
}

}  // namespace
}  // namespace odradek::log
