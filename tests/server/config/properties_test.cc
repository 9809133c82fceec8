#include "server/config/properties.h"

#include <gtest/gtest.h>

namespace odradek::config {
namespace {

Properties read(std::string_view text) {
  auto properties = parse_properties(text);
  EXPECT_TRUE(properties.ok()) << (properties.ok() ? "" : properties.error().message);
  return properties.ok() ? *properties : Properties();
}

TEST(Properties, TakeEveryKindOfSeparator) {
  EXPECT_EQ(
      read("a=1\nb : 2\nc 3\n  d\t=\t4\ne\nf==5\r\ng=a b \r"),
      (Properties{
          {"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", ""}, {"f", "=5"}, {"g", "a b "}}));
}

TEST(Properties, SkipCommentsAndEmptyLines) {
  EXPECT_EQ(read("# one\n  ! two\n\n \t\na=#b\n#c=d\\\ne=f"),
            (Properties{{"a", "#b"}, {"e", "f"}}));
}

TEST(Properties, JoinContinuedLines) {
  EXPECT_EQ(read("a=b,\\\n   c\\\r\n\td\nx=1\\"), (Properties{{"a", "b,cd"}, {"x", "1"}}));
  EXPECT_EQ(read("a=b\\\\\nc=d"), (Properties{{"a", "b\\"}, {"c", "d"}}));
}

TEST(Properties, UnderstandEscapes) {
  EXPECT_EQ(read("a\\ b\\=c\\:=\\t\\n\\q\\u0041\\u00e9"),
            (Properties{{"a b=c:", "\t\nqA\xc3\xa9"}}));
  EXPECT_EQ(read("a=\\uD83D\\uDE00"), (Properties{{"a", "\xf0\x9f\x98\x80"}}));
}

TEST(Properties, KeepUtf8AndReadLatin1) {
  EXPECT_EQ(read("a=\xc3\xa9"), (Properties{{"a", "\xc3\xa9"}}));
  EXPECT_EQ(read("a=\xe9"), (Properties{{"a", "\xc3\xa9"}}));
}

// Longer forms than needed, halves of surrogates and what lies beyond the last character are no
// UTF-8.
TEST(Properties, ReadWhatOnlyLooksLikeUtf8AsLatin1) {
  for (const char* bytes : {"\xf6\x9e\x93\x8e", "\xc0\xaf", "\xed\xa0\x80"}) {
    auto read = parse_properties(std::string("key=") + bytes);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->at("key").size(), 2 * std::string(bytes).size());
    EXPECT_EQ(*parse_properties(format_properties(*read)), *read);
  }
}

TEST(Properties, LetTheLastOfEqualKeysWin) {
  EXPECT_EQ(read("a=1\na=2"), (Properties{{"a", "2"}}));
}

TEST(Properties, RefuseWhatCannotBeRead) {
  EXPECT_FALSE(parse_properties("a=\\u12g4").ok());
  EXPECT_FALSE(parse_properties("a=\\u12").ok());
  EXPECT_FALSE(parse_properties(std::string(kMaxPropertiesBytes + 1, 'a')).ok());
  EXPECT_FALSE(read_properties("/no/such/file.properties").ok());
}

TEST(Properties, ReadBackWhatTheyWrote) {
  Properties properties = {{"a key", " leading"}, {"b=c", "tab\tnew\nline"},
                           {"#d", "!e\\f"},       {"\xc3\xa9", "\xf0\x9f\x98\x80"},
                           {"empty", ""},         {"x", "a b"}};
  std::string text = format_properties(properties, "made by a test");
  EXPECT_EQ(read(text), properties);
  EXPECT_NE(text.find("#made by a test\n"), std::string::npos);
  EXPECT_NE(text.find("a\\ key=\\ leading\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\\u00E9=\\uD83D\\uDE00\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace odradek::config
