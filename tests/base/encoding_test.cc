#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/base64.h"
#include "base/crc32c.h"
#include "base/endian.h"
#include "base/random.h"
#include "base/uuid.h"
#include "base/varint.h"

namespace odradek::base {
namespace {

static_assert([] {
  std::array<std::uint8_t, 4> bytes{};
  store_big_endian<std::int32_t>(bytes.data(), -2);
  return bytes[0] == 0xFF && bytes[3] == 0xFE && load_big_endian<std::int32_t>(bytes.data()) == -2;
}());

TEST(Endian, PutsTheHighByteFirstOrLast) {
  std::array<std::uint8_t, 8> bytes{};
  store_big_endian<std::uint64_t>(bytes.data(), 0x0102030405060708);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(load_little_endian<std::uint64_t>(bytes.data()), 0x0807060504030201U);
  EXPECT_EQ(load_big_endian<std::uint16_t>(bytes.data() + 1), 0x0203);  // any address
  store_little_endian<std::int16_t>(bytes.data(), -2);
  EXPECT_EQ(bytes[0], 0xFE);
  EXPECT_EQ(bytes[1], 0xFF);
  EXPECT_EQ(load_little_endian<std::int16_t>(bytes.data()), -2);
  EXPECT_EQ(load_big_endian<std::int8_t>(bytes.data()), -2);
}

TEST(Endian, KeepsDoubles) {
  std::array<std::uint8_t, 8> bytes{};
  store_big_endian_double(bytes.data(), 1.0);
  EXPECT_EQ(bytes[0], 0x3F);
  EXPECT_EQ(bytes[1], 0xF0);
  EXPECT_EQ(load_big_endian_double(bytes.data()), 1.0);
}

TEST(Varint, WritesZigzagInSevens) {
  std::array<std::uint8_t, 10> bytes{};
  EXPECT_EQ(encode_varint(bytes, -1), 1U);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(encode_varint(bytes, 64), 2U);
  EXPECT_EQ(bytes[0], 0x80);
  EXPECT_EQ(bytes[1], 0x01);
  EXPECT_EQ(encode_unsigned_varint(bytes, 300), 2U);
  EXPECT_EQ(bytes[0], 0xAC);
  EXPECT_EQ(bytes[1], 0x02);
}

template <class T, class Size, class Encode, class Decode>
void expect_round_trips(Size size_of, Encode encode, Decode decode) {
  std::vector<T> values{0, 1, static_cast<T>(-1), std::numeric_limits<T>::min(),
                        std::numeric_limits<T>::max()};
  for (std::size_t shift = 0; shift < sizeof(T) * 8 - 1; ++shift) {
    values.push_back(static_cast<T>(T{1} << shift));
    values.push_back(static_cast<T>((T{1} << shift) - 1));
    values.push_back(static_cast<T>(T{0} - (T{1} << shift)));
  }
  for (T value : values) {
    std::array<std::uint8_t, 10> bytes{};
    std::size_t size = encode(MutableBytes(bytes), value);
    ASSERT_EQ(size, size_of(value)) << value;
    auto read = decode(ByteView(bytes).first(size));
    EXPECT_EQ(read.size, size);
    EXPECT_EQ(read.value, value);
    EXPECT_FALSE(decode(ByteView(bytes).first(size - 1))) << "cut short: " << value;
    EXPECT_EQ(encode(MutableBytes(bytes).first(size - 1), value), 0U) << "no room: " << value;
  }
}

TEST(Varint, ReadsBackWhatItWrote) {
  expect_round_trips<std::int32_t>(varint_size, encode_varint, decode_varint);
  expect_round_trips<std::int64_t>(varlong_size, encode_varlong, decode_varlong);
  expect_round_trips<std::uint32_t>(unsigned_varint_size, encode_unsigned_varint,
                                    decode_unsigned_varint);
  expect_round_trips<std::uint64_t>(unsigned_varlong_size, encode_unsigned_varlong,
                                    decode_unsigned_varlong);
}

TEST(Varint, RefusesMoreBytesThanTheTypeNeeds) {
  std::vector<std::uint8_t> endless(11, 0x80);
  EXPECT_FALSE(decode_varint(endless));
  EXPECT_FALSE(decode_varlong(endless));
  endless[4] = 0;
  EXPECT_EQ(decode_unsigned_varint(endless).size, 5U);
  endless[4] = 0x80;
  endless[9] = 1;
  EXPECT_FALSE(decode_unsigned_varint(endless));
  EXPECT_EQ(decode_unsigned_varlong(endless).size, 10U);
  EXPECT_FALSE(decode_varint({}));
}

TEST(Crc32c, GivesTheCheckValuesOfTheStandards) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xCBF43926U);
  EXPECT_EQ(crc32c({}), 0U);
  EXPECT_EQ(crc32({}), 0U);
  // RFC 3720 B.4: 32 bytes of zeros, and of ones.
  EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8A9136AAU);
  EXPECT_EQ(crc32c(Bytes(32, 0xFF)), 0x62A8AB43U);
}

// Bit by bit, straight from the definition.
std::uint32_t slow_checksum(ByteView bytes, std::uint32_t polynomial) {
  std::uint32_t state = ~0U;
  for (std::uint8_t byte : bytes) {
    state ^= byte;
    for (int i = 0; i < 8; ++i) state = (state >> 1) ^ ((state & 1) != 0 ? polynomial : 0);
  }
  return ~state;
}

TEST(Crc32c, AgreesWithTheDefinitionAtAnyLengthAndCut) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes(random.below(3000));
    random.fill(bytes);
    ByteView view(bytes);
    std::size_t cut = random.below(bytes.size() + 1);
    std::uint32_t whole = crc32c(view);
    ASSERT_EQ(whole, slow_checksum(view, 0x82F63B78));
    ASSERT_EQ(extend_crc32c(crc32c(view.first(cut)), view.subspan(cut)), whole);
    ASSERT_EQ(crc32(view), slow_checksum(view, 0xEDB88320));
    ASSERT_EQ(extend_crc32(crc32(view.first(cut)), view.subspan(cut)), crc32(view));
  }
}

TEST(Base64, AgreesWithTheStandardsExamples) {
  const std::vector<std::pair<std::string, std::string>> kExamples{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kExamples) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), coded);
    EXPECT_EQ(base64_decode(coded), to_bytes(plain));
    EXPECT_EQ(base64url_decode(coded), to_bytes(plain));
    EXPECT_EQ(base64url_decode(base64url_encode(as_bytes(plain))), to_bytes(plain));
  }
  EXPECT_EQ(base64_encode(Bytes{0xFB, 0xFF}), "+/8=");
  EXPECT_EQ(base64url_encode(Bytes{0xFB, 0xFF}), "-_8");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Z!==", "=", "====", "Zm9v=", "-_8="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
  for (const char* text : {"Z", "Zg=", "Zh", "+/8", "Zm 9v"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
}

TEST(Uuid, IsTwentyTwoCharactersOfText) {
  Uuid zero;
  EXPECT_EQ(zero.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_TRUE(zero.is_zero());
  auto id = Uuid::parse("vVQbZQtjQh-jAbN6KzWvEg");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->to_string(), "vVQbZQtjQh-jAbN6KzWvEg");
  EXPECT_EQ(Uuid::parse("vVQbZQtjQh-jAbN6KzWvEg=="), id);
  EXPECT_FALSE(Uuid::parse("vVQbZQtjQh-jAbN6KzWvE"));
  EXPECT_FALSE(Uuid::parse("vVQbZQtjQh-jAbN6KzWvEgA"));
  EXPECT_FALSE(Uuid::parse("vVQbZQtjQh/jAbN6KzWvEg"));
  EXPECT_FALSE(Uuid::parse(""));
}

TEST(Uuid, NeverStartsATopicIdWithADash) {
  std::unordered_set<Uuid> seen;
  for (int i = 0; i < 2000; ++i) {
    Uuid id = Uuid::random(/*for_topic=*/true);
    EXPECT_NE(id.to_string()[0], '-');
    EXPECT_EQ(id.bytes[6] >> 4, 4);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Random, RepeatsItselfFromTheSameSeedOnly) {
  Random first(1);
  Random again(1);
  Random other(2);
  std::uint64_t value = first();
  EXPECT_EQ(value, again());
  EXPECT_NE(value, other());
}

TEST(Random, StaysWithinItsBoundsAndReachesThem) {
  Random random(3);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.below(3), 3U);
    seen.insert(random.between(-2, 2));
    double fraction = random.fraction();
    EXPECT_GE(fraction, 0.0);
    EXPECT_LT(fraction, 1.0);
  }
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  random.between(std::numeric_limits<std::int64_t>::min(),
                 std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace odradek::base
