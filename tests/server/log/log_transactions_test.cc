#include <gtest/gtest.h>

#include <map>

#include "protocol/record/control_record.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

using protocol::ControlRecordType;

class LogTransactionsTest : public ::testing::Test {
 protected:
  // A batch of a transaction; its first offset.
  protocol::Offset produce(std::int64_t producer_id, int records = 2) {
    BatchSpec spec{.records = records, .producer_id = producer_id, .producer_epoch = 0};
    spec.base_sequence = sequences_[producer_id];
    spec.transactional = true;
    sequences_[producer_id] += records;
    return append(*log_, make_batch(spec)).first_offset;
  }
  // The marker's offset.
  protocol::Offset end(std::int64_t producer_id, ControlRecordType type) {
    base::Bytes marker =
        protocol::end_transaction_batch({type, 0}, producer_id, 0, bench_.clock.wall_ms());
    auto info = log_->append_as_leader(
        marker, {.leader_epoch = 0, .origin = protocol::AppendOrigin::kCoordinator});
    CHECK(info.ok()) << info.error().message;
    return info->first_offset;
  }
  // First offsets of the aborted transactions that a reader from `start` on is told of.
  std::vector<protocol::Offset> aborted(protocol::Offset start, std::int32_t max_bytes = 1 << 20) {
    log_->set_high_watermark(log_->log_end_offset());
    auto info = log_->read({.start_offset = start,
                            .max_bytes = max_bytes,
                            .upper_bound = log_->last_stable_offset(),
                            .collect_aborted = true});
    CHECK(info.ok()) << info.error().message;
    std::vector<protocol::Offset> first_offsets;
    for (const AbortedTransaction& transaction : info->aborted) {
      first_offsets.push_back(transaction.first_offset);
    }
    return first_offsets;
  }
  std::string index_path(protocol::Offset base_offset) const {
    return bench_.log_directory() + "/" + segment_file_name(base_offset, kTransactionIndexSuffix);
  }
  // Three aborted transactions over three segments, one committed, one open; the open one's start.
  protocol::Offset write_segments() {
    produce(1);                          // 0
    end(1, ControlRecordType::kAbort);   // 2
    produce(2);                          // 3
    EXPECT_TRUE(log_->roll().ok());      // 5
    produce(1);                          // 5
    end(2, ControlRecordType::kAbort);   // 7
    end(1, ControlRecordType::kCommit);  // 8
    EXPECT_TRUE(log_->roll().ok());      // 9
    produce(3);                          // 9
    end(3, ControlRecordType::kAbort);   // 11
    return produce(4);                   // 12
  }

  LogBench bench_;
  std::unique_ptr<Log> log_ = bench_.load();
  std::map<std::int64_t, std::int32_t> sequences_;
};

TEST_F(LogTransactionsTest, TellsReadersOfCommittedDataWhatToLeaveOut) {
  EXPECT_EQ(write_segments(), 12);
  EXPECT_EQ(aborted(0), (std::vector<protocol::Offset>{0, 3}));
  EXPECT_EQ(log_->last_stable_offset(), 12);
  EXPECT_EQ(aborted(5), (std::vector<protocol::Offset>{3}));
  EXPECT_EQ(aborted(9), (std::vector<protocol::Offset>{9}));
  EXPECT_TRUE(aborted(12).empty());
}

TEST_F(LogTransactionsTest, FindsTheMarkerInALaterSegment) {
  produce(1);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log_->roll().ok());
    append(*log_, make_batch());
  }
  end(1, ControlRecordType::kAbort);
  EXPECT_EQ(aborted(0), std::vector<protocol::Offset>{0});
  EXPECT_EQ(aborted(3), std::vector<protocol::Offset>{0});
}

TEST_F(LogTransactionsTest, LeavesOutTransactionsBehindTheSlice) {
  bench_.options.index_interval_bytes = 100;
  log_->set_options(bench_.options);
  for (int i = 0; i < 20; ++i) {
    produce(1);
    end(1, ControlRecordType::kAbort);
  }
  EXPECT_EQ(aborted(0).size(), 20u);
  std::size_t few = aborted(0, 400).size();
  EXPECT_GE(few, 1u);
  EXPECT_LE(few, 4u);
}

TEST_F(LogTransactionsTest, KnowsThemAfterAStop) {
  write_segments();
  ASSERT_TRUE(log_->flush().ok());
  ASSERT_TRUE(log_->close().ok());
  log_ = bench_.load_clean();
  EXPECT_EQ(aborted(0), (std::vector<protocol::Offset>{0, 3}));
  EXPECT_EQ(log_->last_stable_offset(), 12);
  EXPECT_EQ(aborted(9), std::vector<protocol::Offset>{9});
}

// From any recovery point the index becomes what it was.
TEST_F(LogTransactionsTest, MakesTheIndexAgainAfterACrash) {
  write_segments();
  std::vector<std::string> before;
  for (protocol::Offset base_offset : {0, 5, 9}) {
    before.push_back(*base::read_whole_file(index_path(base_offset), 1000));
  }
  for (protocol::Offset recovery_point = 0; recovery_point <= 14; ++recovery_point) {
    for (bool lost : {false, true}) {
      for (protocol::Offset base_offset : {0, 5, 9}) {
        if (!lost || base_offset < recovery_point) continue;
        ASSERT_TRUE(base::remove_file(index_path(base_offset)).ok());
      }
      log_ = bench_.load({.recovery_point = recovery_point});
      for (std::size_t i = 0; i < 3; ++i) {
        protocol::Offset base_offset = std::array<protocol::Offset, 3>{0, 5, 9}.at(i);
        EXPECT_EQ(*base::read_whole_file(index_path(base_offset), 1000), before[i])
            << "segment " << base_offset << ", recovery point " << recovery_point;
      }
      EXPECT_EQ(aborted(0), (std::vector<protocol::Offset>{0, 3}));
      EXPECT_EQ(log_->last_stable_offset(), 12);
    }
  }
}

TEST_F(LogTransactionsTest, MakesADamagedIndexAgainAfterACleanStop) {
  write_segments();
  ASSERT_TRUE(log_->flush().ok());
  ASSERT_TRUE(log_->close().ok());
  std::string before = *base::read_whole_file(index_path(5), 1000);
  ASSERT_TRUE(base::write_file_atomically(index_path(5), before.substr(3)).ok());
  log_ = bench_.load_clean();
  EXPECT_EQ(*base::read_whole_file(index_path(5), 1000), before);
  EXPECT_EQ(aborted(0), (std::vector<protocol::Offset>{0, 3}));
  EXPECT_EQ(log_->last_stable_offset(), 12);
}

// As the JVM leaves the indexes of its active segment when it is killed: with space taken ahead.
TEST_F(LogTransactionsTest, KeepsThemBelowASnapshotWhenAnotherIndexIsNotSane) {
  write_segments();
  append(*log_, make_batch());  // 14
  ASSERT_TRUE(log_->flush().ok());
  ASSERT_TRUE(log_->close().ok());
  std::string before = *base::read_whole_file(index_path(9), 1000);
  protocol::Offset end = log_->log_end_offset();
  // Zeros in a time index lead to a record that there may be.
  for (auto [suffix, fill] : {std::pair(kIndexSuffix, '\0'), std::pair(kTimeIndexSuffix, '\xff')}) {
    log_.reset();
    ASSERT_TRUE(base::write_file_atomically(index_path(9), before).ok());
    std::string path = bench_.log_directory() + "/" + segment_file_name(9, suffix);
    ASSERT_TRUE(base::write_file_atomically(path, std::string(std::size_t{24} << 10, fill)).ok());
    log_ = bench_.load({.recovery_point = end});
    EXPECT_EQ(*base::read_whole_file(index_path(9), 1000), before) << suffix;
    EXPECT_EQ(aborted(9), std::vector<protocol::Offset>{9}) << suffix;
    EXPECT_EQ(log_->last_stable_offset(), 12);
  }
}

TEST_F(LogTransactionsTest, ForgetsMarkersThatAreTruncated) {
  write_segments();
  ASSERT_TRUE(*log_->truncate_to(7));
  EXPECT_EQ(*base::path_type(index_path(9)), base::FileType::kMissing);
  EXPECT_EQ(aborted(0), std::vector<protocol::Offset>{0});
  EXPECT_EQ(log_->last_stable_offset(), 3);
  end(2, ControlRecordType::kCommit);
  EXPECT_EQ(aborted(0), std::vector<protocol::Offset>{0});
  EXPECT_EQ(log_->last_stable_offset(), 5);
}

TEST_F(LogTransactionsTest, TakesMarkersFromALeader) {
  write_segments();
  LogBench follower;
  auto copy = follower.load();
  for (const base::Bytes& batch : read_all(*log_, 0)) {
    ASSERT_TRUE(copy->append_as_follower(batch).ok());
  }
  log_ = std::move(copy);
  EXPECT_EQ(aborted(0), (std::vector<protocol::Offset>{0, 3, 9}));
  EXPECT_EQ(log_->last_stable_offset(), 12);
  log_.reset();
}

TEST_F(LogTransactionsTest, RemovesTheIndexWithItsSegment) {
  write_segments();
  log_->set_high_watermark(12);
  ASSERT_TRUE(*log_->advance_log_start_offset(9));
  ASSERT_EQ(*log_->delete_old_segments(), 2u);
  bench_.deleter.run_all();
  EXPECT_EQ(*base::path_type(index_path(0)), base::FileType::kMissing);
  EXPECT_EQ(*base::path_type(index_path(0) + kDeletedSuffix), base::FileType::kMissing);
  EXPECT_EQ(*base::path_type(index_path(9)), base::FileType::kFile);
}

}  // namespace
}  // namespace odradek::log
