// A moment in which no file descriptor is left: what it refuses, and that no disk is blamed for it.

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "base/file_faults.h"
#include "server/log/checkpoint_file.h"
#include "server/log/log_manager.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/descriptor_limit.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

using base::FileFault;
using base::FileOperation;

bool opens(FileOperation operation) {
  return operation == FileOperation::kOpen || operation == FileOperation::kList;
}

// From the n-th file on that is to be opened, `count` cannot.
class Moment {
 public:
  Moment(int n, int count)
      : faults_([this, n, count](FileOperation operation,
                                 std::string_view) -> std::optional<FileFault> {
          if (!opens(operation)) return {};
          int at = ++opened_;
          if (at < n || at >= n + count) return {};
          return FileFault{.error_number = at % 2 == 0 ? EMFILE : ENFILE};
        }) {}
  bool happened(int n) const { return opened_ >= n; }

 private:
  int opened_ = 0;
  base::FileFaults faults_;
};

bool refused_or_done(const base::Status& done) {
  return done.ok() || protocol::code_of(done.error()) == protocol::ErrorCode::kKafkaStorageError;
}

template <class T>
bool refused_or_done(const base::Result<T>& done) {
  return refused_or_done(done.ok() ? base::Status() : base::Status(done.error()));
}

void run_steps(Log& log) {
  EXPECT_TRUE(refused_or_done(log.assign_topic_id(base::Uuid::random(false))));
  std::int64_t producer_id = 100;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 2; ++j) {
      base::Bytes batch =
          make_batch({.producer_id = ++producer_id, .producer_epoch = 0, .base_sequence = 0});
      EXPECT_TRUE(refused_or_done(log.append_as_leader(batch, {.leader_epoch = i})));
    }
    EXPECT_TRUE(refused_or_done(log.roll()));
    EXPECT_TRUE(refused_or_done(log.flush()));
    protocol::Offset end = log.log_end_offset();
    EXPECT_TRUE(refused_or_done(log.truncate_to(std::max<protocol::Offset>(end - 1, 0))));
  }
  log.set_high_watermark(2);
  EXPECT_TRUE(refused_or_done(log.advance_log_start_offset(log.high_watermark())));
  EXPECT_TRUE(refused_or_done(log.delete_old_segments()));
  EXPECT_TRUE(refused_or_done(log.flush_rolled()));
}

std::vector<std::int64_t> producer_ids(const Log& log) {
  std::vector<std::int64_t> ids;
  for (const ProducerEntry& entry : log.producers()) ids.push_back(entry.producer_id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Wherever it comes and however long it lasts; the log then knows what its files say.
TEST(LogOutOfDescriptors, TakesNoDirectoryOffline) {
  testing::QuietLog quiet;
  for (int count : {1, 2, 1000}) {
    for (int n = 1;; ++n) {
      LogBench bench(4, testing::TemporaryDirectory::in_memory());
      auto log = bench.load_clean();
      {
        Moment moment(n, count);
        run_steps(*log);
        if (!moment.happened(n)) break;
      }
      ASSERT_TRUE(bench.dir.online()) << n << ", " << count;
      append(*log, make_batch(), 5);
      ASSERT_TRUE(log->flush().ok());
      protocol::Offset end = log->log_end_offset();
      std::vector<std::int64_t> producers = producer_ids(*log);
      std::vector<EpochEntry> epochs = log->epochs().entries();
      ASSERT_TRUE(log->close().ok());
      log = bench.load({.clean_shutdown = true, .log_start_offset = log->log_start_offset()});
      EXPECT_EQ(log->log_end_offset(), end) << n << ", " << count;
      EXPECT_EQ(producer_ids(*log), producers) << n << ", " << count;
      EXPECT_EQ(log->epochs().entries(), epochs) << n << ", " << count;
    }
  }
}

TEST(LogOutOfDescriptors, LetsALogBeLoadedLater) {
  testing::QuietLog quiet;
  LogBench bench;
  {
    auto log = bench.load_clean();
    append(*log, make_batch({.producer_id = 1, .producer_epoch = 0, .base_sequence = 0}));
    ASSERT_TRUE(log->close().ok());
  }
  LoadSpec spec;
  spec.directory = bench.log_directory();
  spec.clean_shutdown = true;
  for (int n = 1;; ++n) {
    Moment moment(n, 1000);
    auto loaded = load_log({"topic", 0}, bench.dir, bench.context, bench.options, spec);
    if (!moment.happened(n)) break;
    EXPECT_TRUE(refused_or_done(loaded)) << n;
    ASSERT_TRUE(bench.dir.online()) << n;
  }
  EXPECT_EQ(producer_ids(*bench.load_clean()).size(), 1u);
}

// The directory is opened by its name, and the limit is a true one.
TEST(LogOutOfDescriptors, SyncsADirectoryOnceThereIsRoom) {
  for (int moments : {1, 2}) {
    LogBench bench;
    auto log = bench.load_clean();
    append(*log, make_batch());
    std::optional<testing::DescriptorLimit> limit;
    int asked = 0;
    base::FileFaults faults(
        [&](FileOperation operation, std::string_view) -> std::optional<FileFault> {
          if (operation != FileOperation::kSyncDirectory) return {};
          limit.reset();
          if (++asked <= moments) limit.emplace(0);
          return {};
        });
    base::Status flushed = log->flush();
    limit.reset();
    EXPECT_EQ(flushed.ok(), moments == 1);
    EXPECT_TRUE(refused_or_done(flushed));
    EXPECT_EQ(asked, 2);
    EXPECT_TRUE(bench.dir.online());
    EXPECT_TRUE(log->flush().ok());
    EXPECT_EQ(log->recovery_point(), 1);
  }
}

TEST(LogOutOfDescriptors, HidesNoSyncThatFailed) {
  LogBench bench;
  auto log = bench.load_clean();
  append(*log, make_batch());
  log->segments().last()->log_file().close();
  base::FileFaults faults(
      [](FileOperation operation, std::string_view path) -> std::optional<FileFault> {
        if (operation == FileOperation::kOpen && path.ends_with(".log")) {
          return FileFault{.error_number = EMFILE};
        }
        if (operation == FileOperation::kSync) return FileFault{};
        return {};
      });
  EXPECT_FALSE(log->flush().ok());
  EXPECT_FALSE(bench.dir.online());
}

class CheckpointsOutOfDescriptors : public ::testing::Test {
 protected:
  CheckpointsOutOfDescriptors() {
    CHECK(manager.start([](const std::string&) { return LogOptions(); }).ok());
  }
  LogPtr create() {
    auto log = manager.get_or_create({"t", 0}, {});
    CHECK(log.ok()) << log.error().message;
    return *log;
  }
  OffsetCheckpoint recovery_points() {
    auto read =
        read_offset_checkpoint(manager.dirs().all()[0]->path() + "/" + kRecoveryPointCheckpoint);
    CHECK(read.ok()) << read.error().message;
    return *read;
  }
  static std::optional<FileFault> refuse_checkpoints(FileOperation operation,
                                                     std::string_view path) {
    bool is_refused = operation == FileOperation::kOpen && path.ends_with("-checkpoint.tmp");
    return is_refused ? std::optional(FileFault{.error_number = EMFILE}) : std::nullopt;
  }

  base::ManualClock clock;
  testing::TemporaryDirectory directory;
  LogManager manager{{directory.file("a")}, {}, clock};
};

TEST_F(CheckpointsOutOfDescriptors, AreWrittenAtTheirNextTurn) {
  auto log = create();
  append(*log, make_batch());
  ASSERT_TRUE(log->flush().ok());
  {
    base::FileFaults faults(refuse_checkpoints);
    manager.checkpoint_recovery_points();
    manager.checkpoint_log_start_offsets();
  }
  EXPECT_EQ(manager.offline_dir_count(), 0u);
  manager.checkpoint_recovery_points();
  EXPECT_EQ((recovery_points()[{"t", 0}]), 1);
}

// Else a crash would take the old log's offsets for those of the new one.
TEST_F(CheckpointsOutOfDescriptors, KeepTheNameOfADeletedLogFromUse) {
  append(*create(), make_batch());
  ASSERT_TRUE(manager.find({"t", 0})->flush().ok());
  manager.checkpoint_recovery_points();
  ASSERT_TRUE(manager.async_delete({"t", 0}).ok());
  for (int i = 0; i < 2; ++i) {
    base::FileFaults faults(refuse_checkpoints);
    auto refused = manager.get_or_create({"t", 0}, {});
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused_or_done(refused));
  }
  EXPECT_EQ(manager.offline_dir_count(), 0u);
  create();
  EXPECT_FALSE(recovery_points().contains({"t", 0}));
}

}  // namespace
}  // namespace odradek::log
