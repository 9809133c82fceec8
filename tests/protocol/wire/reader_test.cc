#include "protocol/wire/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "protocol/errors.h"

namespace odradek::protocol {
namespace {

using base::Bytes;

TEST(Reader, TakesBigEndianNumbers) {
  Bytes bytes = {0xff, 0x01, 0x02, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0};
  Reader reader(bytes);
  EXPECT_EQ(reader.int8(), -1);
  EXPECT_EQ(reader.int16(), 0x0102);
  EXPECT_EQ(reader.int32(), static_cast<std::int32_t>(0x80000001));
  EXPECT_EQ(reader.int64(), 256);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.left(), 0u);
}

TEST(Reader, GivesZerosAfterTheFirstFailureAndKeepsItsReason) {
  Bytes bytes = {1, 2, 3};
  Reader reader(bytes);
  reader.at("leader_epoch");
  EXPECT_EQ(reader.int32(), 0);
  reader.at("partition");
  EXPECT_EQ(reader.int8(), 0) << "bytes that were left must not be taken after a failure";
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().message, "field leader_epoch at byte 0: the bytes end here");
  EXPECT_EQ(code_of(reader.error()), ErrorCode::kInvalidRequest);
}

TEST(Reader, TakesVariableLengthNumbers) {
  Bytes bytes = {0x00, 0x7f, 0x80, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f};
  Reader reader(bytes);
  EXPECT_EQ(reader.unsigned_varint(), 0u);
  EXPECT_EQ(reader.unsigned_varint(), 127u);
  EXPECT_EQ(reader.unsigned_varint(), 128u);
  EXPECT_EQ(reader.unsigned_varint(), 0xffffffffu);
  EXPECT_TRUE(reader.ok());
}

TEST(Reader, RefusesAVariableLengthNumberOfSixBytes) {
  Bytes bytes = {0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
  Reader reader(bytes);
  EXPECT_EQ(reader.unsigned_varint(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, RefusesAVariableLengthNumberThatIsCutShort) {
  Bytes bytes = {0x85};
  Reader reader(bytes);
  EXPECT_EQ(reader.unsigned_varint(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, ReadsCompactLengthsOneLessThanStored) {
  Bytes bytes = {0, 1, 3, 'a', 'b'};
  Reader reader(bytes);
  EXPECT_EQ(reader.compact_length(), -1);
  EXPECT_EQ(reader.compact_length(), 0);
  EXPECT_EQ(reader.compact_length(), 2);
}

TEST(Reader, RefusesLengthsBeyondItsBytes) {
  Bytes one = {4, 'a', 'b'};
  Reader compact(one);
  EXPECT_EQ(compact.compact_length(), 0);
  EXPECT_FALSE(compact.ok());

  Bytes highest = {0xff, 0xff, 0xff, 0xff, 0x0f};
  Reader huge(highest);
  EXPECT_EQ(huge.compact_length(), 0);
  EXPECT_FALSE(huge.ok());

  Reader run(one);
  EXPECT_TRUE(run.bytes(4).empty());
  EXPECT_FALSE(run.ok());
}

TEST(Reader, GivesViewsThatCanBeWritten) {
  Bytes bytes = {1, 2, 3};
  Reader reader(bytes);
  reader.bytes(2)[1] = 9;
  EXPECT_EQ(bytes[1], 9);
}

TEST(Reader, RefusesArraysOfMoreElementsThanBytes) {
  Bytes bytes(10);
  Reader reader(bytes);
  EXPECT_TRUE(reader.reserve(10, 1));
  EXPECT_FALSE(reader.reserve(11, 1));
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, RefusesANegativeCount) {
  Bytes bytes(10);
  Reader reader(bytes);
  EXPECT_FALSE(reader.reserve(-2, 1));
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, AddsUpTheMemoryOfAllItsArrays) {
  constexpr std::size_t kInput = 1000;
  constexpr std::size_t kAllowed = kInput * Reader::kMemoryFactor + Reader::kMemorySlackBytes;
  Bytes bytes(kInput);
  Reader reader(bytes);
  EXPECT_TRUE(reader.reserve(1, kAllowed / 2));
  EXPECT_TRUE(reader.reserve(1, kAllowed / 2));
  EXPECT_FALSE(reader.reserve(1, 1));
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, SkipsTaggedFieldsItDoesNotKnow) {
  Bytes bytes = {2, 0, 1, 0xaa, 5, 2, 0xbb, 0xcc, 7};
  Reader reader(bytes);
  reader.skip_tagged_fields();
  EXPECT_EQ(reader.int8(), 7);
  EXPECT_TRUE(reader.ok());
}

TEST(Reader, EndsAtAnImpossibleNumberOfTaggedFields) {
  Bytes bytes = {0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0};
  Reader reader(bytes);
  reader.skip_tagged_fields();
  EXPECT_FALSE(reader.ok());
}

struct TextCase {
  std::string bytes;
  bool is_utf8;
};

class ReaderText : public ::testing::TestWithParam<TextCase> {};

TEST_P(ReaderText, IsUtf8OrRefused) {
  Bytes bytes = base::to_bytes(GetParam().bytes);
  Reader reader(bytes);
  std::string text = reader.text(bytes.size());
  EXPECT_EQ(reader.ok(), GetParam().is_utf8);
  EXPECT_EQ(text, GetParam().is_utf8 ? GetParam().bytes : "");
}

// Texts are looked at eight bytes at a time as long as they are ASCII.
TEST(Reader, ChecksEveryByteOfALongText) {
  constexpr std::size_t kSize = 20;
  for (std::size_t position = 0; position <= kSize; ++position) {
    std::string text(kSize, 'a');
    text.insert(position, "\xc3\xa4");
    Bytes good = base::to_bytes(text);
    EXPECT_EQ(Reader(good).text(good.size()), text) << position;
    text[position] = '\xff';
    Bytes bad = base::to_bytes(text);
    Reader reader(bad);
    reader.text(bad.size());
    EXPECT_FALSE(reader.ok()) << position;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, ReaderText,
                         ::testing::Values(TextCase{"", true}, TextCase{"orders", true},
                                           TextCase{"\xc3\xa4", true},           // two bytes
                                           TextCase{"\xe2\x82\xac", true},       // three
                                           TextCase{"\xf0\x9f\x8c\x80", true},   // four
                                           TextCase{"\xf4\x8f\xbf\xbf", true},   // the last one
                                           TextCase{"\x80", false},              // no lead
                                           TextCase{"\xc3", false},              // cut short
                                           TextCase{"a\xe2\x82", false},         // cut short
                                           TextCase{"\xc3(", false},             // no follower
                                           TextCase{"\xc0\xaf", false},          // overlong
                                           TextCase{"\xe0\x80\xaf", false},      // overlong
                                           TextCase{"\xf0\x80\x80\xaf", false},  // overlong
                                           TextCase{"\xed\xa0\x80", false},      // surrogate
                                           TextCase{"\xf4\x90\x80\x80", false},  // too high
                                           TextCase{"\xff", false}));

}  // namespace
}  // namespace odradek::protocol
