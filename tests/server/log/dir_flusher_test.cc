#include "server/log/dir_flusher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <string>
#include <vector>

#include "base/file_faults.h"
#include "server/log/log_manager.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

// Asks for the last record of the log; what was told is in the future.
std::future<base::Status> await_end(Log& log) {
  auto promise = std::make_shared<std::promise<base::Status>>();
  log.when_durable(log.log_end_offset(),
                   [promise](const base::Status& told) { promise->set_value(told); });
  return promise->get_future();
}

// Syncs of files that end in `suffix`, the first one of which waits until `open()`.
class Syncs {
 public:
  explicit Syncs(std::string suffix, int held = 1)
      : suffix_(std::move(suffix)),
        held_(held),
        faults_([this](base::FileOperation operation, std::string_view path) {
          return next(operation, path);
        }) {}

  void open() { open_.count_down(); }
  void wait_for_first() { begun_.wait(); }
  int count() const { return count_; }

 private:
  std::optional<base::FileFault> next(base::FileOperation operation, std::string_view path) {
    if (operation != base::FileOperation::kSync || !path.ends_with(suffix_)) return {};
    if (++count_ == held_) {
      begun_.count_down();
      open_.wait();
    }
    return {};
  }

  const std::string suffix_;
  const int held_;
  std::latch begun_{1};
  std::latch open_{1};
  std::atomic<int> count_{0};
  base::FileFaults faults_;
};

class DirFlusherTest : public ::testing::Test {
 protected:
  std::unique_ptr<LogManager> open(const std::vector<std::string>& directories) {
    auto manager = std::make_unique<LogManager>(directories, LogManagerOptions{}, clock);
    CHECK(manager->start([](const std::string&) { return LogOptions(); }).ok());
    return manager;
  }
  LogPtr create(LogManager& manager, int partition, std::size_t dir = 0) {
    manager.prefer_dir({"t", partition}, *manager.dirs().all()[dir]);
    auto log = manager.get_or_create({"t", partition}, {});
    CHECK(log.ok()) << log.error().message;
    return *log;
  }

  base::ManualClock clock;
  testing::TemporaryDirectory directory;
};

TEST_F(DirFlusherTest, TellsOnceTheRecordsAreOnDisk) {
  auto manager = open({directory.file("a")});
  auto log = create(*manager, 0);
  append(*log, make_batch());
  Syncs syncs(".log");
  auto told = await_end(*log);
  syncs.wait_for_first();
  EXPECT_EQ(log->recovery_point(), 0);
  syncs.open();
  EXPECT_TRUE(told.get().ok());
  EXPECT_EQ(log->recovery_point(), 1);
  bool at_once = false;
  log->when_durable(1, [&](const base::Status& durable) { at_once = durable.ok(); });
  EXPECT_TRUE(at_once);
}

TEST_F(DirFlusherTest, SyncsEachLogOnceForAllWhoCameWhileItWasBusy) {
  auto manager = open({directory.file("a")});
  auto busy = create(*manager, 0);
  auto log = create(*manager, 1);
  append(*busy, make_batch());
  Syncs syncs(".log");
  auto first = await_end(*busy);
  syncs.wait_for_first();
  std::vector<std::future<base::Status>> others;
  for (int i = 0; i < 10; ++i) {
    append(*log, make_batch());
    others.push_back(await_end(*log));
  }
  syncs.open();
  for (auto& told : others) EXPECT_TRUE(told.get().ok());
  EXPECT_EQ(syncs.count(), 2);
}

TEST_F(DirFlusherTest, HoldsUpNoOtherDirectory) {
  auto manager = open({directory.file("a"), directory.file("b")});
  auto slow = create(*manager, 0, 0);
  auto other = create(*manager, 1, 1);
  append(*slow, make_batch());
  append(*other, make_batch());
  Syncs syncs(".log");
  auto first = await_end(*slow);
  syncs.wait_for_first();
  EXPECT_TRUE(await_end(*other).get().ok());
  EXPECT_EQ(slow->recovery_point(), 0);
  syncs.open();
  EXPECT_TRUE(first.get().ok());
}

TEST_F(DirFlusherTest, BlamesNoDiskForALogThatIsDeletedMeanwhile) {
  auto manager = open({directory.file("a")});
  auto log = create(*manager, 0);
  append(*log, make_batch());
  Syncs syncs(".log");
  auto told = await_end(*log);
  syncs.wait_for_first();
  EXPECT_TRUE(manager->async_delete({"t", 0}).ok());
  clock.advance_ms(60'000);
  EXPECT_EQ(manager->delete_due_files(), 1u);
  syncs.open();
  base::Status durable = told.get();
  ASSERT_FALSE(durable.ok());
  EXPECT_EQ(protocol::code_of(durable.error()), protocol::ErrorCode::kKafkaStorageError);
  EXPECT_EQ(manager->offline_dir_count(), 0u);
}

TEST_F(DirFlusherTest, SyncsTheFileSystemOnceForManyLogs) {
  constexpr int kLogs = DirFlusher::kMaxSingleFlushes + 2;
  auto manager = open({directory.file("a")});
  std::vector<LogPtr> logs;
  for (int i = 0; i < kLogs; ++i) logs.push_back(create(*manager, i));
  for (const LogPtr& log : logs) append(*log, make_batch());
  Syncs syncs(".log");
  auto first = await_end(*logs[0]);
  syncs.wait_for_first();
  std::vector<std::future<base::Status>> others;
  for (int i = 1; i < kLogs; ++i) others.push_back(await_end(*logs[static_cast<std::size_t>(i)]));
  syncs.open();
  for (auto& told : others) EXPECT_TRUE(told.get().ok());
  for (const LogPtr& log : logs) EXPECT_EQ(log->recovery_point(), 1);
  EXPECT_EQ(syncs.count(), 1);
}

TEST_F(DirFlusherTest, TellsAllOfAFailureAndNeverTriesAgain) {
  auto manager = open({directory.file("a")});
  auto log = create(*manager, 0);
  append(*log, make_batch());
  std::atomic<int> syncs = 0;
  base::FileFaults failing(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation != base::FileOperation::kSync || !path.ends_with(".log")) return {};
        ++syncs;
        return base::FileFault();
      });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(protocol::code_of(await_end(*log).get().error()),
              protocol::ErrorCode::kKafkaStorageError);
  }
  EXPECT_EQ(syncs, 1);
  EXPECT_EQ(log->recovery_point(), 0);
  EXPECT_FALSE(log->dir().online());
}

TEST_F(DirFlusherTest, AFileSystemThatFailsFailsTheDirectory) {
  constexpr int kLogs = DirFlusher::kMaxSingleFlushes + 2;
  auto manager = open({directory.file("a")});
  std::vector<LogPtr> logs;
  for (int i = 0; i < kLogs; ++i) logs.push_back(create(*manager, i));
  for (const LogPtr& log : logs) append(*log, make_batch());
  std::latch begun(1);
  std::latch asked(1);
  base::FileFaults failing(
      [&](base::FileOperation operation, std::string_view path) -> std::optional<base::FileFault> {
        if (operation == base::FileOperation::kSyncFileSystem) return base::FileFault();
        if (operation == base::FileOperation::kSync && path.ends_with(".log")) {
          begun.count_down();
          asked.wait();
        }
        return {};
      });
  auto first = await_end(*logs[0]);
  begun.wait();
  std::vector<std::future<base::Status>> others;
  for (int i = 1; i < kLogs; ++i) others.push_back(await_end(*logs[static_cast<std::size_t>(i)]));
  asked.count_down();
  EXPECT_TRUE(first.get().ok());
  for (auto& told : others) {
    EXPECT_EQ(protocol::code_of(told.get().error()), protocol::ErrorCode::kKafkaStorageError);
  }
  EXPECT_FALSE(logs[0]->dir().online());
  EXPECT_EQ(logs[1]->recovery_point(), 0);
}

TEST_F(DirFlusherTest, TellsOfRecordsThatWereCutOffWhileTheyWereSynced) {
  auto manager = open({directory.file("a")});
  auto log = create(*manager, 0);
  append(*log, make_batch());
  Syncs syncs(".log");
  std::promise<base::Status> kept;
  log->when_durable(1, [&](const base::Status& told) { kept.set_value(told); });
  syncs.wait_for_first();
  append(*log, make_batch());
  auto cut = await_end(*log);
  ASSERT_TRUE(log->truncate_to(1).ok());
  syncs.open();
  EXPECT_TRUE(kept.get_future().get().ok());
  EXPECT_EQ(protocol::code_of(cut.get().error()), protocol::ErrorCode::kNotLeaderOrFollower);
  EXPECT_EQ(log->recovery_point(), 1);
}

TEST_F(DirFlusherTest, DoesWhatWasAskedForBeforeItStopsAndTheRestAtOnce) {
  auto manager = open({directory.file("a")});
  auto log = create(*manager, 0);
  append(*log, make_batch());
  auto told = await_end(*log);
  log->dir().flusher().stop();
  EXPECT_TRUE(told.get().ok());
  append(*log, make_batch());
  bool is_durable = false;
  log->when_durable(2, [&](const base::Status& durable) { is_durable = durable.ok(); });
  EXPECT_TRUE(is_durable);
}

}  // namespace
}  // namespace odradek::log
