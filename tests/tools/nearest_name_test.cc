#include "tools/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace odradek::tools {
namespace {

const std::vector<std::string> kNames{"retention.bytes", "retention.ms", "segment.ms"};

TEST(NearestName, IsTheOneWithFewestChanges) {
  EXPECT_EQ(nearest_name("retentoin.ms", kNames), "retention.ms");
  EXPECT_EQ(nearest_name("retention.m", kNames), "retention.ms");
  EXPECT_EQ(nearest_name("Segment.ms", kNames), "segment.ms");
}

TEST(NearestName, IsNoneForAnotherName) {
  EXPECT_EQ(nearest_name("cleanup.policy", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("x", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("", kNames), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(100'000, 'r'), kNames), std::nullopt);
}

TEST(NearestName, IsNoneForANameThatIsKnown) {
  EXPECT_EQ(nearest_name("retention.ms", kNames), std::nullopt);
}

}  // namespace
}  // namespace odradek::tools
