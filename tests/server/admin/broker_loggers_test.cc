#include "server/admin/broker_loggers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "base/text.h"

namespace odradek::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Operation = ConfigChange::Operation;

std::string said(const base::Status& status) { return status ? "" : status.error().message; }

ConfigChange set(const std::string& logger, const std::string& level) {
  return {.name = logger, .operation = Operation::kSet, .value = level};
}

ConfigChange unset(const std::string& logger) {
  return {.name = logger, .operation = Operation::kDelete, .value = {}};
}

class BrokerLoggersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // Before that glog heeds no destination.
    if (!google::IsGoogleLoggingInitialized()) google::InitGoogleLogging("test_server_admin");
  }
  void SetUp() override { FLAGS_logtostderr = true; }
  void TearDown() override { base::set_log_levels(base::LogLevel::kInfo, {}); }

  BrokerLoggers loggers{1};
};

TEST_F(BrokerLoggersTest, InheritLevelsByTheirNames) {
  ASSERT_EQ(said(loggers.change("1", {set("kafka", "WARN"), set("kafka.log.LogManager", "DEBUG")},
                                false)),
            "");
  auto levels = loggers.levels();
  EXPECT_EQ(levels["kafka"], "WARN");
  EXPECT_EQ(levels["kafka.log.LogManager"], "DEBUG");
  EXPECT_EQ(levels["kafka.log.LogCleaner"], "WARN");
  EXPECT_EQ(levels["root"], "INFO");
  EXPECT_EQ(levels["org.apache.kafka"], "INFO");
  ASSERT_EQ(said(loggers.change("1", {unset("kafka")}, false)), "");
  EXPECT_EQ(loggers.levels()["kafka.log.LogCleaner"], "INFO");
}

TEST_F(BrokerLoggersTest, ValidateWithoutEffect) {
  EXPECT_EQ(said(loggers.change("1", {set("kafka", "ERROR")}, true)), "");
  EXPECT_EQ(loggers.levels()["kafka"], "INFO");
}

TEST_F(BrokerLoggersTest, RefuseWithTheSentencesOfUpstream) {
  EXPECT_EQ(said(loggers.change("x", {}, false)), "Node id must be an integer, but it is: x");
  EXPECT_EQ(said(loggers.change("2", {}, false)), "Unexpected node id. Expected 1, but received 2");
  EXPECT_EQ(said(loggers.change("1", {set("none", "INFO")}, false)), "Logger none does not exist!");
  EXPECT_EQ(said(loggers.change("1", {set("kafka", "LOUD")}, false)),
            "Cannot set the log level of kafka to LOUD as it is not a supported log level. Valid "
            "log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN");
  EXPECT_EQ(said(loggers.change("1", {unset("root")}, false)),
            "Removing the log level of the root logger is not allowed");
  EXPECT_EQ(said(loggers.change("1", {{"kafka", Operation::kAppend, "INFO"}}, false)),
            "APPEND operation is not allowed for the BROKER_LOGGER resource");
}

TEST_F(BrokerLoggersTest, HoldBackLinesOfTheirFolderAlone) {
  // The file names that glog is given by LOG.
  auto write = [](const char* file, google::LogSeverity severity, const char* text) {
    google::LogMessage(file, 1, severity).stream() << text;
  };
  ASSERT_EQ(
      said(loggers.change(
          "1", {set("kafka.log.LogManager", "ERROR"), set("kafka.log.LogCleaner", "INFO")}, false)),
      "");
  ::testing::internal::CaptureStderr();
  write("../server/log/log.cc", google::GLOG_WARNING, "held back");
  write("../server/log/log.cc", google::GLOG_ERROR, "an error");
  write("../server/log/cleaner/x.cc", google::GLOG_INFO, "of the cleaner");
  write("../server/replica/x.cc", google::GLOG_INFO, "of a replica");
  std::string written = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(written, Not(HasSubstr("held back")));
  EXPECT_THAT(written, HasSubstr("log.cc:1] an error\n"));
  EXPECT_THAT(written, HasSubstr("of the cleaner"));
  EXPECT_THAT(written, HasSubstr("of a replica"));
  ASSERT_EQ(said(loggers.change("1", {unset("kafka.log.LogManager")}, false)), "");
  ::testing::internal::CaptureStderr();
  write("../server/log/log.cc", google::GLOG_WARNING, "let through");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("let through"));
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(BrokerLoggers, NameEveryFileThatLogsVerbosely) {
  std::filesystem::path source(ODRADEK_SOURCE_DIR);
  for (const char* tree : {"server", "zk"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(source / tree)) {
      if (entry.path().extension() != ".cc") continue;
      if (text_of(entry.path()).find("VLOG(") == std::string::npos) continue;
      std::string folder = std::filesystem::relative(entry.path().parent_path(), source);
      bool named = false;
      for (const auto& row : BrokerLoggers::rows()) {
        auto modules = base::split_list(row.modules, ' ');
        named =
            named || (row.folder == folder &&
                      std::ranges::find(modules, entry.path().stem().string()) != modules.end());
      }
      EXPECT_TRUE(named) << entry.path() << " is missing in the table of loggers";
    }
  }
}

}  // namespace
}  // namespace odradek::admin
