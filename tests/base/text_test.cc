#include "base/text.h"

#include <gtest/gtest.h>

namespace odradek::base {
namespace {

TEST(Text, SplitsIntoAtLeastOnePart) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(split_list(" a , ,b,"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(split_list("").empty());
}

TEST(Text, TrimsBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, ChangesTheCaseOfAsciiOnly) {
  EXPECT_EQ(to_lower("AbZ\xC3\x84"), "abz\xC3\x84");
  EXPECT_EQ(to_upper("abz-9"), "ABZ-9");
  EXPECT_TRUE(equals_ignoring_case("Sasl_SSL", "SASL_ssl"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
}

TEST(Text, JoinsWithSeparatorsBetween) {
  std::vector<std::string> parts{"a", "", "c"};
  EXPECT_EQ(join(parts, ", "), "a, , c");
  EXPECT_EQ(join({}, ","), "");
  EXPECT_EQ(hex(std::vector<std::uint8_t>{0x00, 0xAF}), "00af");
}

TEST(Text, ReadsWholeNumbersWithinBounds) {
  EXPECT_EQ(parse_int<std::int32_t>("-2147483648"), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(parse_int<std::int32_t>("+7"), 7);
  EXPECT_EQ(parse_int<int>("10", 1, 10), 10);
  EXPECT_FALSE(parse_int<int>("11", 1, 10));
  for (const char* text : {"", "-", "+", "+-1", "--1", " 1", "1 ", "1.0", "0x1", "2147483648"}) {
    EXPECT_FALSE(parse_int<std::int32_t>(text)) << text;
  }
  EXPECT_FALSE(parse_int<std::uint32_t>("-1"));
}

TEST(Text, ReadsFiniteNumbersAndTruth) {
  EXPECT_EQ(parse_double("0.5"), 0.5);
  EXPECT_EQ(parse_double("1e3"), 1000.0);
  for (const char* text : {"", "nan", "inf", "1e999", "1x"})
    EXPECT_FALSE(parse_double(text)) << text;
  EXPECT_EQ(parse_bool("TRUE"), true);
  EXPECT_EQ(parse_bool("false"), false);
  EXPECT_FALSE(parse_bool("yes"));
}

}  // namespace
}  // namespace odradek::base
