#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "base/random.h"
#include "protocol/wire/reader.h"
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

// For the sentence that names what is wrong.
constexpr std::size_t kErrorBytes = 2048;

std::size_t allowed_bytes(std::size_t input_bytes) {
  return input_bytes * (Reader::kMemoryFactor + 1) + Reader::kMemorySlackBytes + kErrorBytes;
}

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

// Many empty elements in few bytes is how a small message asks for much memory.
TEST(Codec, BoundsTheMemoryOfManySmallElements) {
  for (const MessageType& type : every_message_type()) {
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      for (std::uint8_t filler : {0, 1, 2}) {
        base::Bytes bytes(1 << 16, filler);
        for (std::size_t at = 0; at + 4 <= 16; at += 2) {
          base::Bytes huge = bytes;
          huge[at] = 0;
          huge[at + 1] = 0;
          huge[at + 2] = 0xff;
          huge[at + 3] = 0x03;
          accepts(type, huge, version);
        }
      }
    }
  }
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
