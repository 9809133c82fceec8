#include "protocol/errors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace odradek::protocol {
namespace {

TEST(ErrorCode, HasNameAndKindOfTheReference) {
  std::ifstream table(ODRADEK_SOURCE_DIR "/tests/protocol/errors_3_9_1.tsv");
  ASSERT_TRUE(table.is_open());
  int rows = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream row(line);
    int code = 0;
    std::string name;
    bool retriable = false;
    bool invalid_metadata = false;
    row >> code >> name >> retriable >> invalid_metadata;
    const ErrorInfo& info = error_info(static_cast<ErrorCode>(code));
    EXPECT_EQ(static_cast<int>(info.code), code);
    EXPECT_EQ(info.name, name);
    EXPECT_EQ(info.retriable, retriable) << name;
    EXPECT_EQ(info.invalid_metadata, invalid_metadata) << name;
    ++rows;
  }
  EXPECT_EQ(rows, 129);
}

TEST(ErrorCode, IsUnknownForANumberThatNoReleaseDefines) {
  EXPECT_EQ(error_name(static_cast<ErrorCode>(128)), "UNKNOWN_SERVER_ERROR");
  EXPECT_EQ(error_name(static_cast<ErrorCode>(-2)), "UNKNOWN_SERVER_ERROR");
  EXPECT_EQ(error_name(static_cast<ErrorCode>(32767)), "UNKNOWN_SERVER_ERROR");
}

}  // namespace
}  // namespace odradek::protocol
