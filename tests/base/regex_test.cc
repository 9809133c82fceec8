#include "base/regex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace odradek::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Regex, MatchesTheWholeTextOnly) {
  Regex regex("a+b?");
  EXPECT_TRUE(regex.matches("aab").value());
  EXPECT_FALSE(regex.matches("aabc").value());
  EXPECT_FALSE(regex.matches("").value());
}

TEST(Regex, FindsEveryMatchWithItsGroups) {
  Regex regex("(\\w)=(\\d)?");
  EXPECT_THAT(regex.find_all("a=1, b=").value(),
              ElementsAre(ElementsAre("a=1", "a", "1"), ElementsAre("b=", "b", "")));
  EXPECT_THAT(Regex(".*").find_all("ab").value(), ElementsAre(ElementsAre("ab"), ElementsAre("")));
  EXPECT_EQ(Regex("(a)|b").find_all("b").value()[0][1].data(), nullptr);
}

TEST(Regex, SaysWhatIsWrong) {
  EXPECT_THAT(Regex::compile("a(b").error().message, HasSubstr("parenthesis"));
  EXPECT_DEATH(Regex("a(b"), "parenthesis");
}

TEST(Regex, GivesUpOnPatternsThatExplode) {
  Regex regex("(a+)+(a+)+(a+)+$");
  std::string text = std::string(2000, 'a') + "b";
  EXPECT_FALSE(regex.matches(text).ok());
  EXPECT_FALSE(regex.find_all(text).ok());
}

}  // namespace
}  // namespace odradek::base
