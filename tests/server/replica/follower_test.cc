#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

#include "base/file_faults.h"
#include "base/thread.h"
#include "protocol/record/batch.h"
#include "server/replica/partition.h"
#include "tests/server/replica/replicas.h"

namespace odradek::replica {
namespace {

// A replica that follows broker 2 in leader epoch 3.
class FollowerTest : public Replicas {
 protected:
  FollowerTest() { EXPECT_EQ(apply(3, 2, {1, 2}), ErrorCode::kNone); }

  static base::Bytes batch_at(Offset base_offset, LeaderEpoch epoch, int records) {
    base::Bytes bytes = batch(records);
    protocol::MutableBatch changed(bytes);
    changed.set_base_offset(base_offset);
    changed.set_partition_leader_epoch(epoch);
    return bytes;
  }
  base::Result<AppendedRecords> fetched(Offset offset, const base::Bytes& bytes,
                                        Offset high_watermark, Offset log_start = 0,
                                        LeaderEpoch epoch = 3) {
    return partition()->append_fetched({.leader_epoch = epoch,
                                        .offset = offset,
                                        .records = bytes,
                                        .high_watermark = high_watermark,
                                        .log_start_offset = log_start});
  }
  PartitionPtr partition() { return replicas.find({"t", 0}); }
  log::LogPtr log() { return partition()->log(); }
};

TEST_F(FollowerTest, KeepsOffsetsEpochsAndTheLeadersHighWatermark) {
  auto appended = fetched(0, batch_at(0, 2, 5), 3);
  ASSERT_TRUE(appended.ok());
  EXPECT_EQ(appended->end_offset, 5);
  EXPECT_EQ(appended->last_epoch, 2);
  EXPECT_TRUE(appended->high_watermark_moved);
  EXPECT_EQ(log()->high_watermark(), 3);
  EXPECT_EQ(log()->latest_epoch(), 2);
  appended = fetched(5, batch_at(7, 3, 2), 100);  // offsets 5 and 6 were compacted away
  ASSERT_TRUE(appended.ok());
  EXPECT_EQ(appended->end_offset, 9);
  EXPECT_EQ(log()->high_watermark(), 9);
  EXPECT_EQ(log()->end_offset_for_epoch(2).end_offset, 7);
}

TEST_F(FollowerTest, TakesTheLeadersStartOver) {
  ASSERT_TRUE(fetched(0, batch_at(0, 3, 10), 10, 4).ok());
  EXPECT_EQ(log()->log_start_offset(), 4);
  ASSERT_TRUE(fetched(10, {}, 10, 30).ok());  // what it has of it
  EXPECT_EQ(log()->log_start_offset(), 10);
}

TEST_F(FollowerTest, AsksForTheFlushThatFlushMessagesWantsAndWaitsForNone) {
  log::LogOptions options;
  options.flush_messages = 3;
  log()->set_options(options);
  std::atomic<int> syncs_here = 0;
  base::FileFaults counting(
      [&](base::FileOperation operation, std::string_view) -> std::optional<base::FileFault> {
        if (operation == base::FileOperation::kSync && base::thread_role() == "main") ++syncs_here;
        return {};
      });
  auto appended = fetched(0, batch_at(0, 3, 2), 0);
  ASSERT_TRUE(appended.ok());
  EXPECT_FALSE(appended->flush_due);
  appended = fetched(2, batch_at(2, 3, 1), 0);
  ASSERT_TRUE(appended.ok());
  EXPECT_TRUE(appended->flush_due);
  std::promise<base::Status> told;
  partition()->when_flushed(appended->end_offset,
                            [&](const base::Status& flushed) { told.set_value(flushed); });
  EXPECT_TRUE(told.get_future().get().ok());
  EXPECT_EQ(log()->recovery_point(), 3);
  EXPECT_EQ(syncs_here, 0);
}

TEST_F(FollowerTest, BeginsWithinABatchWhereTheLeaderDoes) {
  ASSERT_TRUE(partition()->restart(3, 7).ok());
  auto appended = fetched(7, batch_at(5, 3, 10), 15, 7);
  ASSERT_TRUE(appended.ok()) << appended.error().message;
  EXPECT_EQ(appended->end_offset, 15);
  EXPECT_EQ(log()->log_start_offset(), 7);
}

TEST_F(FollowerTest, RefusesWhatIsNotForItsEnd) {
  ASSERT_TRUE(fetched(0, batch_at(0, 3, 5), 5).ok());
  EXPECT_FALSE(fetched(3, batch_at(3, 3, 5), 5).ok());
  EXPECT_FALSE(fetched(5, batch_at(4, 3, 5), 5).ok());
  EXPECT_EQ(log()->log_end_offset(), 5);
  base::Bytes damaged = batch_at(5, 3, 5);
  damaged.back() ^= 1;
  EXPECT_EQ(protocol::code_of(fetched(5, damaged, 5).error()), ErrorCode::kCorruptMessage);
}

TEST_F(FollowerTest, CutsAndRestartsOnlyInItsEpoch) {
  ASSERT_TRUE(fetched(0, batch_at(0, 3, 5), 5).ok());
  ASSERT_TRUE(fetched(5, batch_at(5, 3, 5), 10).ok());
  auto cut = partition()->truncate(3, 7);  // within a batch, which goes as a whole
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(*cut, 5);
  EXPECT_EQ(log()->high_watermark(), 5);
  auto is_outdated = [](const auto& done) {
    return !done.ok() && protocol::code_of(done.error()) == ErrorCode::kNotLeaderOrFollower;
  };
  EXPECT_TRUE(is_outdated(partition()->truncate(2, 0)));
  EXPECT_TRUE(is_outdated(partition()->restart(2, 100)));
  EXPECT_TRUE(is_outdated(fetched(5, batch_at(5, 2, 1), 5, 0, 2)));
  ASSERT_EQ(apply(4, kSelf, {1, 2}), ErrorCode::kNone);
  EXPECT_TRUE(is_outdated(partition()->truncate(4, 0)));
  EXPECT_TRUE(is_outdated(fetched(5, batch_at(5, 4, 1), 5, 0, 4)));
  EXPECT_EQ(log()->log_end_offset(), 5);
}

}  // namespace
}  // namespace odradek::replica
