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

TEST(Reader, RefusesMoreTaggedFieldsThanBytesAreLeft) {
  Bytes bytes = {2, 0, 0, 0, 0};
  Reader reader(bytes);
  EXPECT_EQ(reader.tag_count(), 2u);
  Bytes one_more = {3, 0, 0, 0, 0};
  Reader refusing(one_more);
  EXPECT_EQ(refusing.tag_count(), 0u);
  EXPECT_FALSE(refusing.ok());
  Bytes highest = {0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0};
  Reader huge(highest);
  EXPECT_EQ(huge.tag_count(), 0u);
  EXPECT_FALSE(huge.ok());
}

TEST(Reader, RefusesTaggedFieldsOfMoreThan128KiB) {
  Bytes bytes = {0x80, 0x80, 0x08};
  bytes.resize(3 + Reader::kMaxTaggedFieldBytes + 1);
  Reader reader(bytes);
  EXPECT_EQ(reader.tagged_field_size(), 128u * 1024);
  EXPECT_TRUE(reader.ok());
  bytes[0] = 0x81;
  Reader refusing(bytes);
  EXPECT_EQ(refusing.tagged_field_size(), 0u);
  EXPECT_EQ(refusing.error().message, "field  at byte 3: a tagged field is larger than 128 KiB");
}

TEST(Reader, RefusesATaggedFieldThatEndsBehindTheMessage) {
  Bytes bytes = {3, 1, 2};
  Reader reader(bytes);
  EXPECT_EQ(reader.tagged_field_size(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, CountsTheMemoryOfLongTextsAlone) {
  constexpr std::size_t kShort = 15;
  Bytes bytes(kShort + 2 * (kShort + 1), 'a');
  Reader reader(bytes);
  EXPECT_TRUE(reader.charge(bytes.size() * Reader::kMemoryFactor + Reader::kMemorySlackBytes -
                            (kShort + 2)));
  EXPECT_EQ(reader.text(kShort).size(), kShort) << "stands in the string itself";
  EXPECT_EQ(reader.text(kShort + 1).size(), kShort + 1) << "takes what is left";
  EXPECT_EQ(reader.text(kShort + 1), "");
  EXPECT_FALSE(reader.ok());
}

TEST(Reader, RefusesTextsOfMoreThan32767Bytes) {
  Bytes bytes(32768, 'a');
  EXPECT_EQ(Reader(bytes).text(32767).size(), 32767u);
  Reader reader(bytes);
  EXPECT_EQ(reader.text(32768), "");
  EXPECT_EQ(reader.error().message, "field  at byte 32768: a text is longer than 32767 bytes");
  Bytes broken(10923, 0xff);
  EXPECT_EQ(Reader(broken).text(10922).size(), 32766u);
  Reader grown(broken);
  EXPECT_EQ(grown.text(10923), "") << "three bytes for each";
  EXPECT_FALSE(grown.ok());
}

// Texts are looked at eight bytes at a time.
TEST(Reader, ChecksEveryByteOfALongText) {
  constexpr std::size_t kSize = 20;
  for (std::size_t position = 0; position <= kSize; ++position) {
    std::string text(kSize, 'a');
    text.insert(position, "\xc3\xa4");
    Bytes good = base::to_bytes(text);
    EXPECT_EQ(Reader(good).text(good.size()), text) << position;
    text[position] = '\xff';
    Bytes bad = base::to_bytes(text);
    EXPECT_EQ(Reader(bad).text(bad.size()),
              text.substr(0, position) + "\xef\xbf\xbd\xef\xbf\xbd" + text.substr(position + 2))
        << position;
  }
}

TEST(Reader, PutsTheReplacementCharacterWhereATextIsNotUtf8) {
  Bytes bytes = base::to_bytes("ok\xff\xfe!");
  Reader reader(bytes);
  EXPECT_EQ(reader.text(bytes.size()), "ok\xef\xbf\xbd\xef\xbf\xbd!");
  EXPECT_TRUE(reader.ok());
}

}  // namespace
}  // namespace odradek::protocol
