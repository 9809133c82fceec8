#include "server/log/log_manager.h"

#include <filesystem>
#include <fstream>

#include "base/file_faults.h"
#include "server/log/checkpoint_file.h"
#include "server/log/clean_shutdown_file.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/manual_scheduler.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;

class LogManagerTest : public ::testing::Test {
 protected:
  std::unique_ptr<LogManager> open() {
    options.recovery_threads_per_dir = 2;
    auto manager = std::make_unique<LogManager>(dirs, options, clock);
    base::Status started = manager->start([this](const std::string&) { return log_options; });
    CHECK(started.ok()) << started.error().message;
    return manager;
  }
  LogPtr create(LogManager& manager, const std::string& topic, std::int32_t partition = 0) {
    auto log = manager.get_or_create({topic, partition}, log_options);
    CHECK(log.ok()) << log.error().message;
    return *log;
  }

  base::ManualClock clock;
  testing::TemporaryDirectory directory;
  std::vector<std::string> dirs{directory.file("a"), directory.file("b")};
  LogManagerOptions options;
  LogOptions log_options;
};

TEST_F(LogManagerTest, SpreadsNewLogsOverTheDirectories) {
  auto manager = open();
  for (int i = 0; i < 10; ++i) create(*manager, "t", i);
  int in_first = 0;
  for (const LogPtr& log : manager->all()) in_first += log->dir().path() == dirs[0] ? 1 : 0;
  EXPECT_EQ(in_first, 5);
  EXPECT_EQ(create(*manager, "t", 3), manager->find({"t", 3}));
  EXPECT_EQ(manager->find({"t", 10}), nullptr);
}

TEST_F(LogManagerTest, LoadsEverythingAgainAfterACleanStop) {
  {
    auto manager = open();
    for (int i = 0; i < 50; ++i) {
      auto log = create(*manager, "t", i);
      for (int j = 0; j <= i; ++j) append(*log, make_batch());
    }
    manager->shutdown(77);
  }
  EXPECT_TRUE(clean_shutdown_file_exists(dirs[0]));
  auto manager = open();
  EXPECT_TRUE(manager->had_clean_shutdown());
  EXPECT_EQ(manager->previous_broker_epoch(), 77);
  EXPECT_FALSE(clean_shutdown_file_exists(dirs[0]));
  EXPECT_EQ(manager->remaining_logs_to_recover(), 0);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(manager->find({"t", i})->log_end_offset(), i + 1);
    EXPECT_EQ(manager->find({"t", i})->recovery_point(), i + 1);
  }
}

TEST_F(LogManagerTest, TakesACrashForNoCleanStopThoughTheFileOfOneCouldNotBeSeen) {
  open()->shutdown();
  {
    base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
      return operation == base::FileOperation::kSize && path.ends_with(kCleanShutdownFile)
                 ? std::optional<base::FileFault>(base::FileFault{})
                 : std::nullopt;
    });
    open();
  }
  EXPECT_FALSE(clean_shutdown_file_exists(dirs[0]));
}

TEST_F(LogManagerTest, RecoversAfterAnUncleanStop) {
  {
    auto manager = open();
    append(*create(*manager, "t"), make_batch({.records = 4}));
  }
  auto manager = open();
  EXPECT_FALSE(manager->had_clean_shutdown());
  EXPECT_EQ(manager->find({"t", 0})->log_end_offset(), 4);
}

TEST_F(LogManagerTest, KeepsLogStartOffsetsThatFilesCannotTell) {
  {
    auto manager = open();
    auto log = create(*manager, "t");
    for (int i = 0; i < 5; ++i) append(*log, make_batch());
    log->set_high_watermark(5);
    ASSERT_TRUE(log->advance_log_start_offset(3).ok());
    manager->checkpoint_log_start_offsets();
  }
  auto manager = open();
  EXPECT_EQ(manager->find({"t", 0})->log_start_offset(), 3);
}

TEST_F(LogManagerTest, RemembersNoOffsetAboveTheEndOfALogThatWasCut) {
  {
    auto manager = open();
    auto log = create(*manager, "t");
    for (int i = 0; i < 10; ++i) append(*log, make_batch());
    ASSERT_TRUE(log->flush().ok());
    log->set_high_watermark(10);
    ASSERT_TRUE(log->advance_log_start_offset(8).ok());
    manager->checkpoint_recovery_points();
    manager->checkpoint_log_start_offsets();
    ASSERT_TRUE(log->truncate_fully_and_start_at(2).ok());
    append(*log, make_batch());
    auto points = read_offset_checkpoint(log->dir().path() + "/" + kRecoveryPointCheckpoint);
    ASSERT_TRUE(points.ok());
    EXPECT_EQ(points->at({"t", 0}), 2) << "what was appended since is to be checked";
  }
  auto manager = open();
  EXPECT_EQ(read_all(*manager->find({"t", 0}), 2).size(), 1u);
  EXPECT_EQ(manager->find({"t", 0})->log_end_offset(), 3);
}

TEST_F(LogManagerTest, DeletesALogInTheBackground) {
  auto manager = open();
  auto log = create(*manager, "t");
  append(*log, make_batch());
  std::string before = log->directory();
  ASSERT_TRUE(manager->async_delete({"t", 0}).ok());
  EXPECT_FALSE(fs::exists(before));
  EXPECT_TRUE(fs::exists(log->directory()));
  EXPECT_TRUE(log->directory().ends_with("-delete"));
  EXPECT_EQ(refused(*log, make_batch()), protocol::ErrorCode::kKafkaStorageError);
  EXPECT_EQ(create(*manager, "t")->log_end_offset(), 0);  // a new one of the same name
  EXPECT_EQ(manager->delete_due_files(), 0u);
  clock.advance_ms(60'000);
  EXPECT_EQ(manager->delete_due_files(), 1u);
  EXPECT_FALSE(fs::exists(log->directory()));
}

TEST_F(LogManagerTest, BlamesNoDiskForWhatComesTooLateToADeletedLog) {
  auto manager = open();
  auto log = create(*manager, "t");
  append(*log, make_batch());
  ASSERT_TRUE(log->roll().ok());
  append(*log, make_batch());
  ASSERT_TRUE(manager->async_delete({"t", 0}).ok());
  clock.advance_ms(60'000);
  ASSERT_EQ(manager->delete_due_files(), 1u);
  for (bool close : {false, true}) {
    for (const SegmentPtr& segment : log->segments().all()) {
      if (close) segment->log_file().close();
    }
    for (const base::Status& done : {log->flush(), log->flush_rolled()}) {
      ASSERT_FALSE(done.ok());
      EXPECT_EQ(protocol::code_of(done.error()), protocol::ErrorCode::kKafkaStorageError);
    }
  }
  auto read = log->read({.start_offset = 0, .max_bytes = 1, .upper_bound = 2});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(protocol::code_of(read.error()), protocol::ErrorCode::kKafkaStorageError);
  EXPECT_EQ(manager->offline_dir_count(), 0u);
}

TEST_F(LogManagerTest, ForgetsTheCheckpointsOfADeletedLogBeforeItsNameIsUsedAgain) {
  {
    auto manager = open();
    auto log = create(*manager, "t");
    for (int i = 0; i < 5; ++i) append(*log, make_batch());
    log->set_high_watermark(5);
    ASSERT_TRUE(log->advance_log_start_offset(4).ok());
    manager->checkpoint_log_start_offsets();
    ASSERT_TRUE(manager->async_delete({"t", 0}).ok());
    append(*create(*manager, "t"), make_batch());
  }
  auto manager = open();
  auto log = manager->find({"t", 0});
  EXPECT_EQ(log->log_start_offset(), 0);
  EXPECT_EQ(log->log_end_offset(), 1);
}

TEST_F(LogManagerTest, RunsItsTasksOnTheScheduler) {
  auto manager = open();
  testing::ManualScheduler scheduler(clock);
  log_options.flush_ms = 10'000;
  options.flush_scheduler_interval_ms = 5'000;
  log_options.retention_ms = 100'000;
  manager = nullptr;
  manager = open();
  auto log = create(*manager, "t");
  manager->start_tasks(scheduler);
  append(*log, make_batch({.timestamp_ms = clock.wall_ms()}));
  log->set_high_watermark(1);
  scheduler.advance_ms(35'000);
  log->dir().flusher().finish();
  EXPECT_EQ(log->recovery_point(), 1);
  scheduler.advance_ms(400'000);
  EXPECT_EQ(log->log_start_offset(), 1);
  auto points = read_offset_checkpoint(log->dir().path() + "/" + kRecoveryPointCheckpoint);
  ASSERT_TRUE(points.ok());
  EXPECT_EQ(points->at({"t", 0}), 1);
  manager->shutdown();
}

class DirFailures : public LogDirObserver {
 public:
  void on_log_dir_failure(const LogDir& dir, const std::string&) override {
    failed.push_back(dir.path());
  }
  std::vector<std::string> failed;
};

TEST_F(LogManagerTest, LosesOneDirectoryAndGoesOnWithTheOther) {
  auto manager = open();
  DirFailures failures;
  manager->dirs().set_observer(&failures);
  auto first = create(*manager, "t", 0);
  auto second = create(*manager, "t", 1);
  {
    base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
      return operation == base::FileOperation::kWrite && path.starts_with(first->dir().path())
                 ? std::optional<base::FileFault>(base::FileFault{})
                 : std::nullopt;
    });
    EXPECT_EQ(refused(*first, make_batch()), protocol::ErrorCode::kKafkaStorageError);
    EXPECT_EQ(refused(*second, make_batch()), protocol::ErrorCode::kNone);
  }
  EXPECT_EQ(failures.failed, std::vector<std::string>{first->dir().path()});
  EXPECT_EQ(manager->offline_dir_count(), 1u);
  EXPECT_EQ(manager->drop_offline_logs(first->dir()).size(), 1u);
  EXPECT_EQ(create(*manager, "u")->dir().path(), second->dir().path());
  manager->shutdown();
  EXPECT_FALSE(clean_shutdown_file_exists(first->dir().path()));
  EXPECT_TRUE(clean_shutdown_file_exists(second->dir().path()));
}

TEST_F(LogManagerTest, RefusesADirectoryThatAnotherBrokerHolds) {
  auto manager = open();
  LogManager other(dirs, options, clock);
  EXPECT_FALSE(other.start([](const std::string&) { return LogOptions{}; }).ok());
}

TEST_F(LogManagerTest, WorksWithFarFewerDescriptorsThanLogs) {
  options.max_open_files = 8;
  {
    auto manager = open();
    for (int i = 0; i < 60; ++i) append(*create(*manager, "t", i), make_batch());
    for (int i = 0; i < 60; ++i) append(*manager->find({"t", i}), make_batch());
    manager->shutdown();
  }
  auto manager = open();
  for (int i = 0; i < 60; ++i) EXPECT_EQ(read_all(*manager->find({"t", i}), 0).size(), 2u);
}

}  // namespace
}  // namespace odradek::log
