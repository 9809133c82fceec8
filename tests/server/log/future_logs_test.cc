#include <filesystem>

#include "server/log/log_copy.h"
#include "server/log/log_directory.h"
#include "server/log/log_manager.h"
#include "tests/server/log/log_bench.h"

namespace odradek::log {
namespace {

namespace fs = std::filesystem;

class FutureLogs : public ::testing::Test {
 protected:
  std::unique_ptr<LogManager> open() {
    auto manager = std::make_unique<LogManager>(dirs, LogManagerOptions(), clock);
    started = manager->start([](const std::string&) { return LogOptions(); });
    return manager;
  }
  // A log with records, and a future one that has them too.
  LogPtr copied(LogManager& manager) {
    auto current = manager.get_or_create({"t", 0}, {}, base::Uuid::random(true));
    CHECK(current.ok()) << current.error().message;
    append(**current, make_batch({.records = 5}));
    (*current)->set_high_watermark(5);
    auto future = manager.create_future(*current, *manager.dirs().all()[1]);
    CHECK(future.ok()) << future.error().message;
    CHECK(copy_some(**current, **future, 1000).ok());
    return *future;
  }

  base::ManualClock clock;
  testing::TemporaryDirectory directory;
  std::vector<std::string> dirs{directory.file("a"), directory.file("b")};
  base::Status started;
};

TEST_F(FutureLogs, HaveTheTopicIdAndACountInTheirDirectory) {
  auto manager = open();
  LogPtr future = copied(*manager);
  EXPECT_EQ(future->topic_id(), manager->find({"t", 0})->topic_id());
  EXPECT_EQ(parse_future_directory_name(fs::path(future->directory()).filename()),
            (protocol::TopicPartition{"t", 0}));
  EXPECT_EQ(manager->all().size(), 2u);
  EXPECT_FALSE(manager->create_future(future, *manager->dirs().all()[0]).ok());
  EXPECT_EQ((*manager->get_or_create({"u", 0}, {}))->dir().path(), dirs[0]);
  EXPECT_EQ((*manager->get_or_create({"u", 1}, {}))->dir().path(), dirs[1]);
}

TEST_F(FutureLogs, AreFoundAgainAfterACleanStopAndAfterACrash) {
  auto manager = open();
  copied(*manager);
  manager = nullptr;  // without shutdown()
  manager = open();
  ASSERT_TRUE(started.ok()) << started.error().message;
  EXPECT_FALSE(manager->had_clean_shutdown());
  ASSERT_NE(manager->find_future({"t", 0}), nullptr);
  EXPECT_EQ(manager->find_future({"t", 0})->log_end_offset(), 5);
  manager->shutdown();
  manager = nullptr;
  manager = open();
  EXPECT_TRUE(manager->had_clean_shutdown());
  EXPECT_EQ(manager->find_future({"t", 0})->log_end_offset(), 5);
  EXPECT_EQ(manager->find({"t", 0})->dir().path(), dirs[0]);
}

TEST_F(FutureLogs, TakeThePlaceOfTheirCurrentOnes) {
  auto manager = open();
  LogPtr future = copied(*manager);
  LogPtr old = manager->find({"t", 0});
  ASSERT_TRUE(manager->replace_with_future(future).ok());
  EXPECT_EQ(manager->find({"t", 0}), future);
  EXPECT_EQ(future->directory(), dirs[1] + "/t-0");
  EXPECT_TRUE(old->directory().ends_with("-delete"));
  EXPECT_EQ(read_all(*old, 0), read_all(*future, 0));  // who still reads the old one may go on
  EXPECT_EQ(refused(*old, make_batch()), protocol::ErrorCode::kKafkaStorageError);
  EXPECT_EQ(append(*future, make_batch()).first_offset, 5);
  EXPECT_FALSE(manager->replace_with_future(future).ok());
  old = nullptr;
  future = nullptr;
  manager = nullptr;
  manager = open();
  EXPECT_EQ(manager->find({"t", 0})->log_end_offset(), 6);
  EXPECT_EQ(manager->find_future({"t", 0}), nullptr);
}

TEST_F(FutureLogs, ThatBecameCurrentBesideTheOldOnesAreForTheOperator) {
  {
    auto manager = open();
    ASSERT_TRUE(copied(*manager)->rename_directory("t-0").ok());  // and then the crash
  }
  open();
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().message.find("t-0 is both in"), std::string::npos)
      << started.error().message;
}

TEST_F(FutureLogs, AndStrayOnesAreNotServed) {
  fs::create_directories(dirs[0] + "/t-0.0123456789abcdef0123456789abcdef-stray");
  auto manager = open();
  EXPECT_TRUE(started.ok());
  EXPECT_TRUE(manager->all().empty());
  EXPECT_TRUE(fs::exists(dirs[0] + "/t-0.0123456789abcdef0123456789abcdef-stray"));
}

}  // namespace
}  // namespace odradek::log
