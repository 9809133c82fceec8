// Many logs under a limit of few descriptors: open files are a cache.

#include "server/log/log_manager.h"
#include "tests/server/log/log_bench.h"
#include "tests/support/descriptor_limit.h"
#include "tests/support/quiet_log.h"

namespace odradek::log {
namespace {

constexpr int kLogs = 2000;
constexpr rlim_t kDescriptors = 500;

class LogDescriptors : public ::testing::Test {
 protected:
  std::unique_ptr<LogManager> open() {
    auto manager = std::make_unique<LogManager>(std::vector<std::string>{directory_.file("data")},
                                                LogManagerOptions(), clock_);
    base::Status started = manager->start([](const std::string&) { return LogOptions{}; });
    CHECK(started.ok()) << started.error().message;
    return manager;
  }

  testing::QuietLog quiet_;
  testing::DescriptorLimit limit_{kDescriptors};
  base::ManualClock clock_;
  testing::TemporaryDirectory directory_{testing::TemporaryDirectory::in_memory()};
};

TEST_F(LogDescriptors, ServeFourTimesAsManyLogs) {
  {
    auto manager = open();
    for (int i = 0; i < kLogs; ++i) {
      auto log = manager->get_or_create({"t", i}, {});
      ASSERT_TRUE(log.ok()) << log.error().message;
      append(**log, make_batch({.value_bytes = 10}));
    }
    for (const LogPtr& log : manager->all()) {
      ASSERT_TRUE(log->roll().ok());
      append(*log, make_batch({.value_bytes = 10}));
      ASSERT_TRUE(log->flush().ok());
      ASSERT_EQ(read_all(*log, 0).size(), 2u);
    }
    EXPECT_EQ(manager->offline_dir_count(), 0u);
    manager->shutdown();
  }
  auto manager = open();
  EXPECT_TRUE(manager->had_clean_shutdown());
  for (int i = 0; i < kLogs; ++i) {
    ASSERT_EQ(read_all(*manager->find({"t", i}), 0).size(), 2u) << i;
  }
}

TEST_F(LogDescriptors, AreNoMatterOfTheDiskWhenTheyRunOut) {
  auto manager = open();
  for (int i = 0; i < kLogs / 2; ++i) {
    auto log = manager->get_or_create({"t", i}, {});
    ASSERT_TRUE(log.ok()) << log.error().message;
    append(**log, make_batch({.value_bytes = 10}));
  }
  // As answers that slow readers do not take: their files stay open.
  std::vector<ReadInfo> answers;
  protocol::ErrorCode refused_with = protocol::ErrorCode::kNone;
  for (const LogPtr& log : manager->all()) {
    auto info = log->read({.start_offset = 0, .upper_bound = 1});
    if (!info.ok()) {
      refused_with = protocol::code_of(info.error());
      break;
    }
    answers.push_back(std::move(*info));
  }
  EXPECT_EQ(refused_with, protocol::ErrorCode::kKafkaStorageError);
  EXPECT_EQ(manager->offline_dir_count(), 0u);
  answers.clear();
  for (const LogPtr& log : manager->all()) {
    append(*log, make_batch({.value_bytes = 10}));
    ASSERT_EQ(read_all(*log, 0).size(), 2u);
  }
}

}  // namespace
}  // namespace odradek::log
