// A process ended at every file operation of a run; what the next one finds.
//
// LOG_CRASH_SEEDS=20 runs more seeds, LOG_CRASH_POINTS=1 prints the points where processes ended.

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>
#include <new>
#include <set>

#include "tests/server/log/log_workload.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;

constexpr int kSteps = 50;
constexpr int kMoreDirs = 1;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// What a child tells before it ends, in memory that both see.
struct Report {
  std::atomic<int> steps{0};  // those whose operation was acknowledged
  char point[200] = "";
};

class SharedReport {
 public:
  SharedReport() {
    void* memory =
        ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    report_ = new (memory) Report;
  }
  ~SharedReport() { ::munmap(report_, sizeof(Report)); }
  Report* operator->() { return report_; }
  Report& operator*() { return *report_; }

 private:
  Report* report_ = nullptr;
};

bool changes_nothing(base::FileOperation operation) {
  return operation == base::FileOperation::kRead || operation == base::FileOperation::kSize ||
         operation == base::FileOperation::kList;
}

// Ends the process at the n-th operation that may change something.
std::optional<base::FileFault> end_at(int n, std::atomic<int>& met, Report& report,
                                      base::FileOperation operation, std::string_view path) {
  if (changes_nothing(operation) || met.fetch_add(1) + 1 != n) return std::nullopt;
  std::string name = point_name(operation, path);
  name.copy(report.point, sizeof(report.point) - 1);
  // A write may have left nothing, a part, or all.
  constexpr std::size_t kTorn[] = {0, 30, kAll};
  return base::FileFault{.torn_at_bytes = kTorn[n % 3], .ends_process = true};
}

[[noreturn]] void run_child(const std::string& directory, std::uint64_t seed, int n,
                            Report& report) {
  std::atomic<int> met{0};
  base::FileFaults faults([&](base::FileOperation operation, std::string_view path) {
    return end_at(n, met, report, operation, path);
  });
  LogWorkload workload(directory, seed, kMoreDirs);
  if (!workload.start().ok()) _exit(1);
  for (int i = 0; i < kSteps; ++i) {
    if (!workload.step().ok()) _exit(1);
    report.steps.store(i + 1);
  }
  workload.shutdown();
  _exit(0);
}

// What the crash left half done is gone, or what it renamed for deletion is deleted.
void expect_no_leftovers(const std::string& directory) {
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    std::string name = entry.path().filename().string();
    EXPECT_FALSE(name.ends_with(kDeletedSuffix) || name.ends_with("-delete")) << entry.path();
    bool of_a_log =
        parse_log_directory_name(entry.path().parent_path().filename().string()).has_value();
    EXPECT_FALSE(of_a_log && name.ends_with(".tmp")) << entry.path();
  }
}

// The crash came between the two renames that end a move, and the operator deletes either log: both
// hold the same.
void choose_one(const std::vector<std::string>& directories, bool first) {
  for (const auto& entry : fs::directory_iterator(directories[0])) {
    fs::path other = fs::path(directories[1]) / entry.path().filename();
    if (entry.is_directory() && fs::exists(other)) fs::remove_all(first ? entry.path() : other);
  }
}

// The next process, twice; the second finds what the first left, whichever way that one stopped.
void expect_recovered(const std::string& directory, std::uint64_t seed,
                      const std::vector<States>& trace, std::size_t steps, bool clean) {
  LogWorkload first(directory, seed, kMoreDirs);
  base::Status started = first.start();
  if (!started.ok() && started.error().message.find(" is both in ") != std::string::npos) {
    choose_one(first.directories(), clean);
    started = first.start();
  }
  ASSERT_TRUE(started.ok()) << started.error().message;
  expect_between(first.manager(), trace, steps);
  first.manager().delete_due_files();
  expect_no_leftovers(directory);
  for (const LogPtr& log : first.manager().cleanable()) append(*log, make_batch(), 1000);
  States states = first.states();
  if (clean) first.shutdown();
  first.crash();
  LogWorkload second(directory, seed, kMoreDirs);
  started = second.start();
  ASSERT_TRUE(started.ok()) << started.error().message;
  EXPECT_EQ(second.manager().had_clean_shutdown(), clean || second.manager().all().empty());
  EXPECT_TRUE(second.states() == states);
  for (const LogPtr& log : second.manager().cleanable())
    expect_consistent(*log, log->log_end_offset());
}

class LogCrash : public ::testing::Test {
 protected:
  // False when the run came to its end before its n-th operation.
  bool end_and_recover(std::uint64_t seed, int n) {
    testing::TemporaryDirectory directory(testing::TemporaryDirectory::in_memory());
    SharedReport report;
    pid_t child = ::fork();
    if (child == 0) run_child(directory.path(), seed, n, *report);
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return false;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == base::FileFaults::kExitCode) << status;
    points_.insert(report->point);
    int steps = report->steps.load();
    SCOPED_TRACE("seed " + std::to_string(seed) + ", operation " + std::to_string(n) + ", step " +
                 std::to_string(steps + 1) + ": " + report->point);
    expect_recovered(directory.path(), seed, trace_, static_cast<std::size_t>(steps), n % 2 == 0);
    return true;
  }

  testing::QuietLog quiet_;
  std::vector<States> trace_;
  std::set<std::string> points_;
};

TEST_F(LogCrash, LosesNothingAcknowledgedAtAnyFileOperation) {
  const char* more = std::getenv("LOG_CRASH_SEEDS");
  std::uint64_t seeds = more != nullptr ? std::strtoull(more, nullptr, 10) : 2;
  int ends = 0;
  for (std::uint64_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
    trace_ = run_undisturbed(seed, kSteps, kMoreDirs);
    for (int n = 1; !HasFailure() && end_and_recover(seed, n); ++n) ++ends;
  }
  EXPECT_GE(points_.size(), 60u);
  if (std::getenv("LOG_CRASH_POINTS") == nullptr) return;
  for (const std::string& point : points_) std::cout << "  " << point << "\n";
  std::cout << ends << " ends at " << points_.size() << " named points\n";
}

}  // namespace
}  // namespace odradek::log
