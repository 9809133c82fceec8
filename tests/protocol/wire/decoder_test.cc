#include "protocol/wire/decoder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace odradek::protocol {
namespace {

using base::Bytes;

// What the tags of one structure can be.
struct Tagged {
  struct Inner {
    std::int8_t plain = 0;
    std::int8_t tagged = -1;

    static void describe(auto& field, auto& m) {
      field("plain", m.plain);
      field("tagged", m.tagged, {.tag = 0, .absent = -1});
    }
  };

  std::int8_t number = -1;
  std::optional<std::string> text;
  std::vector<Inner> inner;

  static void describe(auto& field, auto& m) {
    field("number", m.number, {.tag = 0, .absent = -1});
    field("text", m.text, {.nullable = 0, .tag = 1});
    field("inner", m.inner, {.tag = 2});
  }
};

struct Decoded {
  Tagged message;
  bool ok = false;
  std::string error;
};

Decoded decode(Bytes bytes) {
  Decoded decoded;
  Decoder decoder(bytes, 0, true);
  decoder.structure(decoded.message);
  decoded.ok = decoder.reader().ok() && decoder.reader().left() == 0;
  if (!decoded.ok) decoded.error = decoder.reader().error().message;
  return decoded;
}

TEST(Decoder, KeepsTheTagsItKnowsAndSkipsTheOthers) {
  Decoded decoded = decode({4, 0, 1, 7, 1, 2, 2, 'a', 5, 3, 0xaa, 0xbb, 0xcc, 0x81, 0x01, 0});
  ASSERT_TRUE(decoded.ok) << decoded.error;
  EXPECT_EQ(decoded.message.number, 7);
  EXPECT_EQ(decoded.message.text, "a");
}

// The JVM asks for neither order nor uniqueness; the last one counts.
TEST(Decoder, TakesTagsInAnyOrderAndTheLastOfTwo) {
  Decoded decoded = decode({4, 9, 1, 0xaa, 1, 2, 2, 'a', 0, 1, 7, 1, 3, 3, 'b', 'c'});
  ASSERT_TRUE(decoded.ok) << decoded.error;
  EXPECT_EQ(decoded.message.number, 7);
  EXPECT_EQ(decoded.message.text, "bc");
  EXPECT_EQ(decode({2, 1, 2, 2, 'a', 1, 1, 0}).message.text, std::nullopt);
}

TEST(Decoder, KeepsNothingOfTheFirstOfTwoTags) {
  Bytes with_inner_tag = {2, 6, 2, 4, 1, 0, 1, 3};
  Bytes without_inner_tag = {2, 3, 2, 5, 0};
  Bytes bytes = {2};
  for (const Bytes& tag : {with_inner_tag, without_inner_tag}) {
    bytes.insert(bytes.end(), tag.begin(), tag.end());
  }
  Decoded decoded = decode(bytes);
  ASSERT_TRUE(decoded.ok) << decoded.error;
  ASSERT_EQ(decoded.message.inner.size(), 1u);
  EXPECT_EQ(decoded.message.inner[0].plain, 5);
  EXPECT_EQ(decoded.message.inner[0].tagged, -1);
}

TEST(Decoder, SkipsAnUnknownTagOf128KiBAndRefusesMore) {
  Bytes bytes = {1, 9, 0x80, 0x80, 0x08};
  bytes.resize(bytes.size() + Reader::kMaxTaggedFieldBytes);
  EXPECT_TRUE(decode(bytes).ok);
  bytes[2] = 0x81;
  bytes.push_back(0);
  EXPECT_EQ(decode(bytes).error,
            "field tagged fields at byte 5: a tagged field is larger than 128 KiB");
}

TEST(Decoder, RefusesATagThatIsLongerOrShorterThanItsField) {
  EXPECT_TRUE(decode({1, 0, 1, 7}).ok);
  EXPECT_EQ(decode({1, 0, 2, 7, 7}).error,
            "field number at byte 4: a tagged field has another size than it says");
  EXPECT_FALSE(decode({1, 0, 0, 7}).ok);
}

TEST(Decoder, NamesTheTagsWhenTheyFailBehindAKnownOne) {
  EXPECT_EQ(decode({2, 0, 1, 7, 9, 9}).error,
            "field tagged fields at byte 6: a tagged field ends behind the message");
}

}  // namespace
}  // namespace odradek::protocol
