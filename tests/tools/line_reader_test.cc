#include "tools/line_reader.h"

#include <gtest/gtest.h>

namespace odradek::tools {
namespace {

using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

LineRecord parse(const config::Properties& properties, std::string_view line) {
  auto parser = LineParser::create(properties);
  EXPECT_TRUE(parser.ok());
  auto record = parser->parse(line);
  EXPECT_TRUE(record.ok()) << line;
  return record.ok() ? *record : LineRecord{};
}

std::string error_of(const config::Properties& properties, std::string_view line) {
  auto parser = LineParser::create(properties);
  if (!parser.ok()) return parser.error().message;
  auto record = parser->parse(line);
  return record.ok() ? "" : record.error().message;
}

TEST(LineParser, TakesTheLineAsValue) {
  LineRecord record = parse({}, "a\tb");
  EXPECT_EQ(record.key, std::nullopt);
  EXPECT_EQ(record.value, "a\tb");
}

TEST(LineParser, SplitsKeyAndHeadersOff) {
  config::Properties properties{{"parse.key", "true"}, {"parse.headers", "true"}};
  LineRecord record = parse(properties, "h1:v1,h2:v2\tkey\tvalue\twith tab");
  EXPECT_EQ(record.key, "key");
  EXPECT_EQ(record.value, "value\twith tab");
  EXPECT_EQ(record.headers, (Headers{{"h1", "v1"}, {"h2", "v2"}}));
}

TEST(LineParser, TakesSeparatorsOfAnyLength) {
  config::Properties properties{{"parse.key", " TRUE "}, {"key.separator", "::"}};
  LineRecord record = parse(properties, "k::v::w");
  EXPECT_EQ(record.key, "k");
  EXPECT_EQ(record.value, "v::w");
}

TEST(LineParser, ReplacesTheNullMarker) {
  config::Properties properties{
      {"parse.key", "true"}, {"parse.headers", "true"}, {"null.marker", "NULL"}};
  LineRecord record = parse(properties, "h:NULL\tNULL\tNULL");
  EXPECT_EQ(record.key, std::nullopt);
  EXPECT_EQ(record.value, std::nullopt);
  EXPECT_EQ(record.headers, (Headers{{"h", std::nullopt}}));
  EXPECT_TRUE(parse(properties, "NULL\tk\tv").headers.empty());
}

TEST(LineParser, NamesTheLineThatHasNoSeparator) {
  EXPECT_EQ(error_of({{"parse.key", "true"}}, "abc"),
            "No key separator found on line number 1: 'abc'");
  EXPECT_EQ(error_of({{"parse.headers", "true"}}, "abc"),
            "No headers delimiter found on line number 1: 'abc'");
  EXPECT_EQ(error_of({{"parse.headers", "true"}}, "abc\tv"),
            "No header key separator found in pair 'abc' on line number 1");
}

TEST(LineParser, MayIgnoreMissingSeparators) {
  LineRecord record = parse({{"parse.key", "true"}, {"ignore.error", "true"}}, "abc");
  EXPECT_EQ(record.key, std::nullopt);
  EXPECT_EQ(record.value, "abc");
}

TEST(LineParser, RefusesSeparatorsThatAreTheSame) {
  EXPECT_EQ(error_of({{"headers.delimiter", ","}}, ""),
            "headers.delimiter and headers.separator may not be equal");
  EXPECT_EQ(error_of({{"null.marker", "\t"}}, ""),
            "null.marker and headers.delimiter may not be equal");
}

// All lines when the bytes come in pieces of `size`.
std::vector<std::string> split(std::string_view text, std::size_t size) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  auto take = [&](bool at_end) {
    while (auto line = splitter.next(at_end)) lines.emplace_back(*line);
  };
  for (std::size_t at = 0; at < text.size(); at += size) {
    splitter.add(text.substr(at, size));
    take(false);
  }
  take(true);
  return lines;
}

TEST(LineSplitter, EndsLinesAsJavaDoesHoweverTheBytesCome) {
  std::vector<std::string> expected{"a", "", "b", "c", "", "d"};
  for (std::size_t size = 1; size < 12; ++size) {
    EXPECT_EQ(split("a\n\nb\r\nc\r\rd", size), expected) << size;
    EXPECT_EQ(split("a\n\nb\r\nc\r\rd\r\n", size), expected) << size;
  }
  EXPECT_TRUE(split("", 1).empty());
}

}  // namespace
}  // namespace odradek::tools
