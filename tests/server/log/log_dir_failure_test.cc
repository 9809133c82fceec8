#include <algorithm>
#include <map>
#include <string>

#include "base/file_faults.h"
#include "server/log/log_manager.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/fail_nth_operation.h"

namespace odradek::log {
namespace {

// One log, written, rolled, flushed and cut; KAFKA_STORAGE_ERROR or success for each step.
std::vector<bool> run_steps(Log& log) {
  std::vector<bool> done;
  for (int i = 0; i < 3; ++i) {
    done.push_back(refused(log, make_batch()) == protocol::ErrorCode::kNone);
    done.push_back(log.roll().ok());
    done.push_back(log.flush().ok());
  }
  done.push_back(log.truncate_to(log.log_end_offset() - 1).ok());
  return done;
}

TEST(LogDirFailure, LetsNothingSucceedAfterTheOperationThatFailed) {
  int failures = 0;
  for (int n = 1;; ++n) {
    LogBench bench;
    auto log = bench.load_clean();
    bool happened = false;
    std::vector<bool> done;
    {
      testing::FailNthOperation failing(n);
      done = run_steps(*log);
      happened = failing.happened();
    }
    if (!happened) break;
    if (bench.dir.online()) continue;  // what may fail without harm
    ++failures;
    auto failed = std::find(done.begin(), done.end(), false);
    EXPECT_TRUE(std::none_of(failed, done.end(), [](bool ok) { return ok; })) << n;
    EXPECT_EQ(refused(*log, make_batch()), protocol::ErrorCode::kKafkaStorageError);
    EXPECT_FALSE(log->read({.start_offset = 0, .max_bytes = 1, .upper_bound = 0}).ok());
  }
  EXPECT_GT(failures, 10);
}

TEST(LogDirFailure, NeverTriesASyncAgain) {
  LogBench bench;
  auto log = bench.load_clean();
  append(*log, make_batch());
  std::map<std::string, int> synced;  // by path
  int writes = 0;
  base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
    if (operation == base::FileOperation::kWrite) ++writes;
    if (operation != base::FileOperation::kSync) return std::optional<base::FileFault>();
    ++synced[std::string(path)];
    return std::optional(base::FileFault{});
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(protocol::code_of(log->flush().error()), protocol::ErrorCode::kKafkaStorageError);
    EXPECT_FALSE(log->close().ok());
  }
  EXPECT_TRUE(synced.contains(log->directory() + "/00000000000000000000.log"));
  for (const auto& [path, count] : synced) EXPECT_EQ(count, 1) << path;
  EXPECT_EQ(writes, 0);
}

TEST(LogDirFailure, TakesNewLogsToTheNextDirectory) {
  base::ManualClock clock;
  testing::TemporaryDirectory directory;
  LogManager manager({directory.file("a"), directory.file("b")}, {}, clock);
  ASSERT_TRUE(manager.start([](const std::string&) { return LogOptions(); }).ok());
  base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
    return operation == base::FileOperation::kCreateDirectory &&
                   path.starts_with(directory.file("a"))
               ? std::optional(base::FileFault{})
               : std::nullopt;
  });
  auto made = manager.get_or_create({"t", 0}, {});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ((*made)->dir().path(), directory.file("b"));
  EXPECT_EQ(manager.offline_dir_count(), 1u);
}

}  // namespace
}  // namespace odradek::log
