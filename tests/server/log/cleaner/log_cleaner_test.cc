#include "server/log/cleaner/log_cleaner.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/file_faults.h"
#include "server/log/log_manager.h"
#include "tests/server/log/cleaner/compaction_bench.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// A log manager without threads: the test itself does what a cleaner thread does.
class LogCleanerTest : public ::testing::Test {
 protected:
  LogCleanerTest() : offsets_(1 << 20, 0.9) {
    log_options_.cleanup_delete = false;
    log_options_.cleanup_compact = true;
    options_.cleaner.threads = 1;
  }

  void open() {
    manager_.reset();
    manager_ = std::make_unique<LogManager>(std::vector<std::string>{dir()}, options_, clock_);
    base::Status started = manager_->start([this](const std::string&) { return log_options_; });
    CHECK(started.ok()) << started.error().message;
  }
  std::string dir() const { return directory_.file("data"); }
  LogPtr create(const std::string& topic) {
    auto log = manager_->get_or_create({topic, 0}, log_options_);
    CHECK(log.ok()) << log.error().message;
    return *log;
  }
  // `dirty` records of one key behind `clean` ones that were compacted; all but the last segment.
  LogPtr fill(const std::string& topic, int clean, int dirty) {
    LogPtr log = create(topic);
    write(*log, clean, "clean");
    if (clean > 0) {
      std::uint64_t cuts = log->compaction().cuts();
      CHECK(log->compaction().advance_to(log->log_end_offset(), cuts));
    }
    write(*log, dirty, "dirty");
    return log;
  }
  void write(Log& log, int count, const std::string& key) {
    for (int i = 0; i < count; ++i) append(log, record_set({{key, std::to_string(i)}}));
    if (count > 0) CHECK(log.roll().ok());
    log.set_high_watermark(log.log_end_offset());
  }
  std::optional<CompactionReport> clean_one() { return manager_->cleaner().clean_one(offsets_); }
  CleanerMetrics& metrics() { return manager_->metrics().cleaner; }
  OffsetCheckpoint checkpoint() const {
    auto offsets = read_offset_checkpoint(dir() + "/" + kCleanerOffsetCheckpoint);
    CHECK(offsets.ok()) << offsets.error().message;
    return *offsets;
  }

  base::ManualClock clock_;
  testing::TemporaryDirectory directory_;
  LogManagerOptions options_;
  LogOptions log_options_;
  OffsetMap offsets_;
  std::unique_ptr<LogManager> manager_;
};

TEST_F(LogCleanerTest, TakesTheDirtiestLogFirstAndNoneThatIsCleanEnough) {
  open();
  fill("clean", 30, 10);
  LogPtr dirty = fill("dirty", 10, 30);
  LogPtr dirtiest = fill("dirtiest", 0, 30);
  auto first = clean_one();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->end, CompactionEnd::kDone) << first->reason;
  EXPECT_EQ(dirtiest->compaction().cleaned_to(), 30);
  EXPECT_EQ(metrics().max_dirty_percent, 100);
  EXPECT_EQ(dirty->compaction().cleaned_to(), 10);
  ASSERT_TRUE(clean_one());
  EXPECT_EQ(dirty->compaction().cleaned_to(), 40);
  EXPECT_FALSE(clean_one());
  EXPECT_NEAR(metrics().max_dirty_percent, 25, 2);
  EXPECT_THAT(checkpoint(), ElementsAre(Pair(protocol::TopicPartition{"clean", 0}, 30),
                                        Pair(protocol::TopicPartition{"dirtiest", 0}, 30),
                                        Pair(protocol::TopicPartition{"dirty", 0}, 40)));
}

TEST_F(LogCleanerTest, LeavesTopicsThatAreNotCompactedAlone) {
  open();
  LogPtr log = fill("kept", 0, 10);
  LogOptions plain = log_options_;
  plain.cleanup_compact = false;
  log->set_options(plain);
  EXPECT_FALSE(clean_one());
  EXPECT_THAT(survivors(*log), SizeIs(10));
}

TEST_F(LogCleanerTest, TakesAnOverdueLogHoweverClean) {
  log_options_.max_compaction_lag_ms = 3'600'000;
  open();
  LogPtr log = fill("overdue", 90, 10);
  EXPECT_FALSE(clean_one());
  clock_.advance_ms(3'600'000 + 5'000);
  EXPECT_TRUE(clean_one());
  EXPECT_EQ(metrics().max_compaction_delay_secs, 5);
  EXPECT_EQ(log->compaction().cleaned_to(), 100);
}

TEST_F(LogCleanerTest, RemembersItsOffsetsAcrossRestarts) {
  for (bool in_order : {true, false}) {
    open();
    LogPtr log = fill("topic", 0, 10);
    ASSERT_TRUE(clean_one());
    protocol::Offset cleaned_to = log->log_end_offset();
    if (in_order) manager_->shutdown();
    log.reset();
    open();
    EXPECT_EQ(manager_->find({"topic", 0})->compaction().cleaned_to(), cleaned_to);
    EXPECT_FALSE(clean_one());
  }
}

TEST_F(LogCleanerTest, LowersItsOffsetsWithTheLogsAndForgetsThoseOfDeletedOnes) {
  open();
  LogPtr log = fill("topic", 0, 20);
  ASSERT_TRUE(clean_one());
  ASSERT_TRUE(log->truncate_to(15).ok());
  EXPECT_EQ(log->compaction().cleaned_to(), 15);
  manager_->checkpoint_log_start_offsets();
  EXPECT_EQ(checkpoint().at({"topic", 0}), 15);
  ASSERT_TRUE(manager_->async_delete({"topic", 0}).ok());
  EXPECT_EQ(create("topic")->compaction().cleaned_to(), std::nullopt);
  EXPECT_THAT(checkpoint(), IsEmpty());
}

TEST_F(LogCleanerTest, IgnoresAnOffsetBehindTheEndOfTheLog) {
  open();
  fill("topic", 0, 10);
  manager_->shutdown();
  ASSERT_TRUE(
      write_offset_checkpoint(dir() + "/" + kCleanerOffsetCheckpoint, {{{"topic", 0}, 11}}).ok());
  open();
  LogPtr log = manager_->find({"topic", 0});
  EXPECT_EQ(log->compaction().cleaned_to(), std::nullopt);
  log->set_high_watermark(log->log_end_offset());
  ASSERT_TRUE(clean_one());
  EXPECT_THAT(survivors(*log), SizeIs(1));
}

TEST_F(LogCleanerTest, StartsWhereTheLogDoesOnceThatLiesBehindItsOffset) {
  log_options_.cleanup_delete = true;
  open();
  LogPtr log = fill("topic", 10, 20);
  ASSERT_TRUE(log->advance_log_start_offset(15).ok());
  ASSERT_TRUE(clean_one());
  EXPECT_EQ(log->compaction().cleaned_to(), 30);
  EXPECT_THAT(survivors(*log), ElementsAre(Survivor{29, "dirty", "19"}));
}

TEST_F(LogCleanerTest, SetsABrokenLogAsideAndGoesOn) {
  open();
  LogPtr broken = fill("broken", 0, 30);
  {
    std::fstream file(broken->segments().first()->log_file().path(),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put('?');
  }
  LogPtr sound = fill("sound", 10, 30);
  auto failed = clean_one();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->end, CompactionEnd::kBroken);
  ASSERT_TRUE(clean_one());
  EXPECT_EQ(sound->compaction().cleaned_to(), 40);
  EXPECT_FALSE(clean_one());
  auto aside = metrics().uncleanable.read();
  ASSERT_TRUE(aside->contains(dir()));
  EXPECT_EQ(aside->at(dir()).partitions, 1);
  EXPECT_EQ(aside->at(dir()).bytes, broken->size_bytes());
  EXPECT_TRUE(broken->dir().online());
  // It is forgotten with the log.
  ASSERT_TRUE(manager_->async_delete({"broken", 0}).ok());
  EXPECT_FALSE(clean_one());
  EXPECT_THAT(*metrics().uncleanable.read(), IsEmpty());
}

TEST_F(LogCleanerTest, TakesADirectoryThatCannotBeWrittenOffline) {
  open();
  LogPtr log = fill("topic", 0, 30);
  base::FileFaults faults([](base::FileOperation operation, std::string_view path) {
    bool hit = operation == base::FileOperation::kWrite && path.ends_with(kCleanedSuffix);
    return hit ? std::optional(base::FileFault{}) : std::nullopt;
  });
  auto failed = clean_one();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->end, CompactionEnd::kFailed);
  EXPECT_FALSE(log->dir().online());
  EXPECT_FALSE(clean_one());
}

TEST_F(LogCleanerTest, CompactsInItsThreadsUntilALogIsDeletedOrTheBrokerStops) {
  // Slow enough to be met at work: a second for each kilobyte.
  options_.cleaner.io_max_bytes_per_second = 1000;
  options_.cleaner.io_buffer_size = 2048;
  open();
  LogPtr log = fill("topic", 0, 200);
  std::string log_directory = log->directory();
  manager_->cleaner().start();
  // The first compaction reads for its keys; the deletion does not wait for its end.
  ASSERT_TRUE(manager_->async_delete({"topic", 0}).ok());
  EXPECT_EQ(log->compaction().cleaned_to(), std::nullopt);
  EXPECT_FALSE(fs::exists(log_directory));
  fill("another", 0, 200);
  manager_->shutdown();
  EXPECT_EQ(manager_->find({"another", 0})->compaction().cleaned_to(), std::nullopt);
}

TEST_F(LogCleanerTest, NeverTakesOneLogTwiceAtATime) {
  open();
  fill("topic", 0, 20);
  int tries = 0;
  base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
    // While the log is under work.
    if (operation == base::FileOperation::kWrite && path.ends_with(kCleanedSuffix) &&
        ++tries == 1) {
      OffsetMap other(1 << 20, 0.9);
      EXPECT_FALSE(manager_->cleaner().clean_one(other));
    }
    return std::optional<base::FileFault>();
  });
  ASSERT_TRUE(clean_one());
  EXPECT_GT(tries, 0);
}

TEST_F(LogCleanerTest, StillDropsOldSegmentsOfCompactedTopics) {
  // By time with compact,delete …
  log_options_.cleanup_delete = true;
  log_options_.retention_ms = 1000;
  open();
  LogPtr log = fill("both", 0, 10);
  ASSERT_TRUE(clean_one());
  clock_.advance_ms(60'000);
  manager_->delete_old_segments();
  EXPECT_EQ(log->log_start_offset(), 10);
  // … and below the log start offset with compact alone.
  log_options_.cleanup_delete = false;
  LogPtr compacted = fill("compacted", 10, 10);
  ASSERT_EQ(compacted->segment_count(), 3u);
  ASSERT_TRUE(compacted->advance_log_start_offset(12).ok());
  manager_->delete_old_segments();
  EXPECT_EQ(compacted->segment_count(), 2u);
}

}  // namespace
}  // namespace odradek::log
