#include "base/json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace odradek::base {
namespace {

boost::json::object parsed(std::string_view text) {
  auto object = parse_json_object(text);
  EXPECT_TRUE(object.ok()) << object.error().message;
  return *object;
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", " ", "{", "{}x", "{} {}", "[1,]", "{\"a\":01}", "nul", "\"\xFF\"",
                           "'a'", "{/**/}", "NaN"}) {
    EXPECT_FALSE(parse_json(text).ok()) << text;
  }
  EXPECT_TRUE(parse_json(" {\"a\":[1,2]} \n").ok());
  EXPECT_FALSE(parse_json_object("[]").ok());
}

TEST(Json, RefusesTooLongAndTooDeep) {
  EXPECT_TRUE(parse_json("[[1]]", 5, 2).ok());
  EXPECT_FALSE(parse_json("[[1]]", 4, 2).ok());
  EXPECT_FALSE(parse_json("[[[1]]]", 100, 2).ok());
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')).ok());
}

TEST(Json, LetsTheLastOfDuplicateKeysWin) {
  EXPECT_EQ(*json_int32(parsed(R"({"a":1,"a":2})"), "a"), 2);
}

TEST(Json, ReadsMembersOfTheRightTypeOnly) {
  auto object = parsed(
      R"({"i":7,"big":2147483648,"huge":9223372036854775808,"f":1.0,"s":"1","n":null,"b":true,"o":{},"a":[1,2],"t":["x"]})");
  EXPECT_EQ(*json_int32(object, "i"), 7);
  EXPECT_EQ(*json_int64(object, "big"), 2147483648);
  EXPECT_EQ(*json_string(object, "s"), "1");
  EXPECT_TRUE(*json_bool(object, "b"));
  EXPECT_EQ(*json_int32_list(object, "a"), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(*json_string_list(object, "t"), std::vector<std::string>{"x"});
  EXPECT_TRUE((*json_object(object, "o"))->empty());
  EXPECT_EQ((*json_array(object, "a"))->size(), 2U);
  for (const char* key : {"big", "huge", "f", "s", "n", "b", "o", "a", "missing"}) {
    EXPECT_FALSE(json_int32(object, key).ok()) << key;
  }
  EXPECT_FALSE(json_int64(object, "huge").ok());
  EXPECT_FALSE(json_string(object, "i").ok());
  EXPECT_FALSE(json_int32_list(object, "t").ok());
  EXPECT_NE(json_string(object, "i").error().message.find("\"i\""), std::string::npos);
}

TEST(Json, TellsAbsentFromMistyped) {
  auto object = parsed(R"({"i":7,"s":"1","n":null,"o":{},"a":[]})");
  EXPECT_EQ(*optional_json_int32(object, "i"), 7);
  EXPECT_EQ(*optional_json_int64(object, "i"), 7);
  EXPECT_EQ(*optional_json_string(object, "s"), "1");
  EXPECT_EQ(*optional_json_int32(object, "n"), std::nullopt);
  EXPECT_EQ(*optional_json_bool(object, "missing"), std::nullopt);
  EXPECT_FALSE(optional_json_int32(object, "s").ok());
  EXPECT_EQ(*optional_json_object(object, "n"), nullptr);
  EXPECT_NE(*optional_json_object(object, "o"), nullptr);
  EXPECT_FALSE(optional_json_array(object, "o").ok());
  EXPECT_NE(*optional_json_array(object, "a"), nullptr);
}

}  // namespace
}  // namespace odradek::base
