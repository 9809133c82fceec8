#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "base/endian.h"
#include "base/random.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_fetch.h"
#include "tests/wire/message_types.h"

namespace {

// Everything that this thread allocated since it was last set to zero.
thread_local std::size_t allocated_bytes = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocated_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace odradek::protocol::testing {
namespace {

// The message together with the sentence that names what is wrong.
std::size_t allowed_bytes(std::size_t input_bytes) { return input_bytes * 8 + 64 * 1024; }

std::string label(const MessageType& type, std::int16_t version) {
  return type.name + " v" + std::to_string(version);
}

// Decodes a copy of exactly that size, so that a sanitizer sees any step too far.
bool accepts(const MessageType& type, base::ByteView bytes, std::int16_t version) {
  base::Bytes copy(bytes.begin(), bytes.end());
  allocated_bytes = 0;
  bool accepted = type.accepts(copy, version);
  EXPECT_LE(allocated_bytes, allowed_bytes(copy.size())) << label(type, version);
  return accepted;
}

TEST(Codec, BringsEveryInventedMessageBack) {
  base::Random random(20240511);
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      for (int i = 0; i < 20; ++i) {
        base::Bytes bytes = type.invent(random, version);
        base::Bytes first = bytes;
        base::Result<RoundTrip> trip = type.round_trip(bytes, version);
        ASSERT_TRUE(trip.ok()) << label(type, version) << ": " << trip.error().message;
        ASSERT_EQ(trip->used, first.size()) << label(type, version);
        ASSERT_EQ(trip->encoded, first) << label(type, version) << ": " << trip->json;
      }
    }
  }
}

TEST(Codec, RefusesEveryMessageThatIsCutShort) {
  base::Random random(7);
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      base::Bytes bytes = type.invent(random, version);
      for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(accepts(type, {bytes.data(), length}, version))
            << label(type, version) << " cut at " << length << " of " << bytes.size();
      }
      EXPECT_TRUE(accepts(type, bytes, version)) << label(type, version);
    }
  }
}

TEST(Codec, SurvivesDamagedMessages) {
  base::Random random(11);
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      base::Bytes bytes = type.invent(random, version);
      if (bytes.empty()) continue;
      for (int i = 0; i < 50; ++i) {
        base::Bytes damaged = bytes;
        for (std::uint64_t k = random.below(4) + 1; k > 0; --k) {
          damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random());
        }
        accepts(type, damaged, version);
      }
    }
  }
}

TEST(Codec, SurvivesNoise) {
  base::Random random(13);
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      for (int i = 0; i < 20; ++i) {
        base::Bytes noise(random.below(200));
        random.fill(noise);
        // Small numbers make plausible lengths, and so reach deeper.
        if (random.one_in(2)) std::ranges::for_each(noise, [](auto& byte) { byte &= 3; });
        accepts(type, noise, version);
      }
    }
  }
}

// `count` as an array of any message may have it at `at`.
void put_count(base::Bytes& bytes, std::size_t at, std::uint32_t count, bool compact) {
  if (!compact) return base::store_big_endian(&bytes[at], count);
  for (++count; count >= 0x80; count >>= 7) bytes[at++] = static_cast<std::uint8_t>(count | 0x80);
  bytes[at] = static_cast<std::uint8_t>(count);
}

// Many empty elements in few bytes is how a small message asks for much memory.
TEST(Codec, BoundsTheMemoryOfManySmallElements) {
  constexpr std::size_t kBytes = 1 << 14;
  std::size_t most = 0;
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      bool compact = type.api.is_flexible(version);
      for (std::size_t at = 0; at <= 8; at += compact ? 1 : 2) {
        for (std::uint32_t count = kBytes - 16; count > 200; count = count * 2 / 3) {
          for (std::uint8_t filler : {0, 1, 2}) {
            base::Bytes bytes(kBytes, filler);
            put_count(bytes, at, count, compact);
            accepts(type, bytes, version);
            most = std::max(most, allocated_bytes);
          }
        }
      }
    }
  }
  // Else what is tried above would not come near the bound.
  EXPECT_GT(most, allowed_bytes(kBytes) / 10 * 9);
}

template <class M>
bool comes_back(const M& message, std::int16_t version) {
  base::Bytes bytes = Codec<M>::encode(message, version).flatten();
  return Codec<M>::decode(bytes, version).ok();
}

// The bound on memory is for the hostile: no real request comes near it.
TEST(Codec, AcceptsLegalMessagesOfManySmallElements) {
  MetadataRequest topics;
  topics.topics->resize(200'000, {.name = "t1234"});
  EXPECT_TRUE(comes_back(topics, 9));
  topics.topics->assign(1'900, {.name = "t"});
  EXPECT_TRUE(comes_back(topics, 9));

  OffsetFetchRequest groups;
  groups.groups.resize(2'500, {.group_id = "group-12", .topics = std::nullopt});
  EXPECT_TRUE(comes_back(groups, 8));
  groups.groups.assign(100'000, {.group_id = "group-123456", .topics = std::nullopt});
  EXPECT_TRUE(comes_back(groups, 8));
}

TEST(Codec, RefusesVersionsItDoesNotKnow) {
  base::Bytes bytes(100);
  for (const MessageType& type : every_message_type()) {
    EXPECT_FALSE(type.accepts(bytes, static_cast<std::int16_t>(type.api.max + 1))) << type.name;
    EXPECT_FALSE(type.accepts(bytes, static_cast<std::int16_t>(type.api.min - 1))) << type.name;
    EXPECT_FALSE(type.accepts(bytes, 32767)) << type.name;
  }
}

}  // namespace
}  // namespace odradek::protocol::testing
