#include "tools/offset_reset.h"

#include <gtest/gtest.h>

#include "tools/consumer_groups_options.h"

namespace odradek::tools {
namespace {

TEST(OffsetReset, ReadsTimesOfEveryZone) {
  const std::pair<const char*, std::int64_t> kTimes[] = {
      {"1970-01-01T00:00:00.000", 0},       {"1970-01-02T00:00:01.005Z", 86'401'005},
      {"1970-01-01T02:30:00.000+02:30", 0}, {"1970-01-01T02:00:00.000+0200", 0},
      {"1969-12-31T22:00:00.000-02", 0},    {"2024-02-29T12:00:00.123", 1'709'208'000'123}};
  for (auto [text, expected] : kTimes) {
    auto time_ms = parse_datetime_ms(text);
    ASSERT_TRUE(time_ms.ok()) << text;
    EXPECT_EQ(*time_ms, expected) << text;
  }
  for (const char* text : {"", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00.000X",
                           "2024-01-01T00:00:00.000+2:00", "2024-01-01T00:00:00.000+02:0"}) {
    EXPECT_FALSE(parse_datetime_ms(text).ok()) << text;
  }
}

TEST(OffsetReset, ReadsDurationsAsJavaDoes) {
  const std::pair<const char*, std::int64_t> kDurations[] = {
      {"PT0S", 0},        {"P1D", 86'400'000},   {"P1DT2H3M4.5S", 93'784'500},
      {"pt15m", 900'000}, {"-PT1H", -3'600'000}, {"PT-1H", -3'600'000}};
  for (auto [text, expected] : kDurations) {
    auto duration_ms = parse_duration_ms(text);
    ASSERT_TRUE(duration_ms.ok()) << text;
    EXPECT_EQ(*duration_ms, expected) << text;
  }
  for (const char* text : {"", "P", "PT", "1D", "P1", "P1H", "PT1D", "P1DT", "PT1S1H", "PT1SS"}) {
    EXPECT_FALSE(parse_duration_ms(text).ok()) << text;
  }
}

TEST(OffsetReset, ReadsThePlansThatItWrites) {
  ResetPlan plan{{"g", {{{"t", 0}, 5}, {{"t", 1}, 6}}}, {"h, \"quoted\"", {{{"u", 0}, 7}}}};
  EXPECT_EQ(reset_csv(plan, false), "g,t,0,5\ng,t,1,6\n\"h, \"\"quoted\"\"\",u,0,7\n");
  EXPECT_EQ(*parse_reset_csv(reset_csv(plan, false), ""), plan);
  plan.erase("h, \"quoted\"");
  EXPECT_EQ(reset_csv(plan, true), "t,0,5\nt,1,6\n");
  EXPECT_EQ(*parse_reset_csv(reset_csv(plan, true) + "\n", "g"), plan);
  EXPECT_EQ(*parse_reset_csv(reset_csv(plan, false), "g"), plan);
  for (const char* text : {"t,0,5", "t,0", "g,t,x,5", "g,t,0,-1", "g,t,0,5,6"}) {
    EXPECT_FALSE(parse_reset_csv(text, "").ok()) << text;
  }
}

TEST(ConsumerGroupsOptions, SayWhatIsWrongWithThem) {
  const std::pair<std::vector<std::string>, bool> kCommands[] = {
      {{"--list"}, true},
      {{"--list", "--describe"}, false},
      {{}, false},
      {{"--describe"}, false},
      {{"--describe", "--group", "g"}, true},
      {{"--describe", "--all-groups", "--members", "--verbose"}, true},
      {{"--describe", "--group", "g", "--members", "--state"}, false},
      {{"--describe", "--group", "g", "--all-groups"}, false},
      {{"--delete", "--group", "g", "--group", "h"}, true},
      {{"--delete", "--group", "g", "--topic", "t"}, false},
      {{"--delete-offsets", "--group", "g"}, false},
      {{"--delete-offsets", "--group", "g", "--topic", "t:0"}, true},
      {{"--reset-offsets", "--group", "g", "--to-latest"}, false},
      {{"--reset-offsets", "--group", "g", "--all-topics", "--to-latest"}, true},
      {{"--reset-offsets", "--group", "g", "--all-topics", "--to-latest", "--to-current"}, false},
      {{"--reset-offsets", "--group", "g", "--all-topics", "--shift-by", "-2", "--execute"}, true},
      {{"--reset-offsets", "--group", "g", "--from-file", "f", "--dry-run", "--execute"}, false},
      {{"--list", "--members"}, false}};
  const OptionParser parser(consumer_groups_options());
  for (auto [arguments, is_right] : kCommands) {
    arguments.insert(arguments.end(), {"--bootstrap-server", "b:1"});
    auto options = parser.parse(arguments);
    ASSERT_TRUE(options.ok()) << options.error().message;
    EXPECT_EQ(!check_consumer_groups_options(*options).has_value(), is_right)
        << testing::PrintToString(arguments);
  }
}

}  // namespace
}  // namespace odradek::tools
