#include "protocol/record/compression/compress.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include "base/endian.h"
#include "base/random.h"
#include "protocol/record/compression/decompressor.h"

namespace odradek::protocol {
namespace {

constexpr CompressionType kCodecs[] = {CompressionType::kGzip, CompressionType::kSnappy,
                                       CompressionType::kLz4, CompressionType::kZstd};
constexpr std::size_t kMiB = std::size_t{1} << 20;

base::Bytes compressed(CompressionType codec, base::ByteView input,
                       int level = kDefaultCompressionLevel) {
  base::Bytes out;
  EXPECT_TRUE(compress(codec, level, input, out).ok());
  return out;
}

// Half text-like, half noise, so that every codec uses all that it has.
base::Bytes sample(std::size_t size) {
  base::Random random(size + 1);
  base::Bytes bytes(size);
  random.fill(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    if (i / 700 % 2 == 0) bytes[i] = static_cast<std::uint8_t>("offset topic "[i % 13]);
  }
  return bytes;
}

// Reads with a small buffer, as a walk does; false on failure.
bool reads_to_the_end(CompressionType codec, base::ByteView payload, std::size_t step,
                      base::Bytes* out) {
  BorrowedDecompressor decompressor(codec);
  if (!decompressor->start(payload, false)) return false;
  base::Bytes buffer(step);
  while (true) {
    auto read = decompressor->read(buffer);
    if (!read) return false;
    if (*read == 0) return true;
    EXPECT_LE(*read, step);
    if (out != nullptr) out->insert(out->end(), buffer.begin(), buffer.begin() + *read);
  }
}

TEST(Compression, GivesBackEverySizeFromNothingToAMegabyte) {
  for (CompressionType codec : kCodecs) {
    for (std::size_t size :
         {0, 1, 2, 15, 16, 100, 32767, 32768, 32769, 65535, 65536, 65537, 1 << 20}) {
      base::Bytes input = sample(size);
      base::Bytes payload = compressed(codec, input);
      auto output = decompress(codec, payload, kMiB);
      ASSERT_TRUE(output.ok()) << codec_name(codec) << " " << size << output.error().message;
      EXPECT_EQ(*output, input) << codec_name(codec) << " " << size;
    }
  }
}

TEST(Compression, StreamsThroughBuffersOfAnySize) {
  base::Bytes input = sample(100000);
  for (CompressionType codec : kCodecs) {
    base::Bytes payload = compressed(codec, input);
    for (std::size_t step : {1, 7, 4096, 65536, 1 << 20}) {
      base::Bytes output;
      ASSERT_TRUE(reads_to_the_end(codec, payload, step, &output));
      EXPECT_EQ(output, input) << codec_name(codec) << " " << step;
    }
  }
}

TEST(Compression, TakesAnyLevel) {
  base::Bytes input = sample(5000);
  for (CompressionType codec : kCodecs) {
    for (int level : {-1000, -1, 0, 1, 9, 12, 17, 22, 1000}) {
      EXPECT_EQ(*decompress(codec, compressed(codec, input, level), kMiB), input)
          << codec_name(codec) << " " << level;
    }
  }
}

TEST(Decompressor, RefusesEveryTruePrefix) {
  base::Bytes input = sample(3000);
  for (CompressionType codec : kCodecs) {
    base::Bytes payload = compressed(codec, input);
    for (std::size_t size = 0; size < payload.size(); ++size) {
      auto output = decompress(codec, base::ByteView(payload).first(size), kMiB);
      // A snappy stream may end behind any block; here that is behind its header alone.
      if (output.ok()) {
        EXPECT_TRUE(codec == CompressionType::kSnappy && output->empty())
            << codec_name(codec) << " " << size;
      }
    }
  }
}

TEST(Decompressor, SurvivesMutatedPayloads) {
  base::Random random(20);
  for (CompressionType codec : kCodecs) {
    base::Bytes payload = compressed(codec, sample(20000));
    for (int round = 0; round < 2000; ++round) {
      base::Bytes mutated = payload;
      for (int i = 0; i < 3; ++i) {
        std::size_t range =
            round % 2 == 0 ? mutated.size() : std::min<std::size_t>(64, mutated.size());
        mutated[random.below(range)] = static_cast<std::uint8_t>(random());
      }
      auto output = decompress(codec, mutated, kMiB);
      EXPECT_TRUE(!output.ok() || output->size() <= kMiB);
    }
  }
}

TEST(Decompressor, StopsABombAtTheLimit) {
  base::Bytes zeros(64 * kMiB);
  for (CompressionType codec : kCodecs) {
    base::Bytes bomb = compressed(codec, zeros);
    EXPECT_FALSE(decompress(codec, bomb, kMiB).ok()) << codec_name(codec);
    EXPECT_TRUE(decompress(codec, bomb, 64 * kMiB).ok()) << codec_name(codec);
    EXPECT_FALSE(decompress(codec, bomb, 64 * kMiB - 1).ok()) << codec_name(codec);
  }
}

TEST(Decompressor, DoesNotBelieveTheLengthThatASnappyBlockStates) {
  // A bare block that claims 2 GiB, and a framed one whose chunk claims more than there is.
  base::Bytes bare{0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 'x'};
  EXPECT_FALSE(decompress(CompressionType::kSnappy, bare, 8 * kMiB).ok());
  base::Bytes framed = compressed(CompressionType::kSnappy, sample(10));
  for (std::int32_t size : {-1, 0, 0x7FFFFFFF, 1000}) {
    base::store_big_endian(framed.data() + 16, size);
    EXPECT_FALSE(decompress(CompressionType::kSnappy, framed, 8 * kMiB).ok()) << size;
  }
}

TEST(Decompressor, ReadsOneBareSnappyBlockAndJoinedStreams) {
  base::Bytes input = sample(20000);
  base::Bytes framed = compressed(CompressionType::kSnappy, input);
  base::Bytes bare(framed.begin() + 20, framed.end());
  EXPECT_EQ(*decompress(CompressionType::kSnappy, bare, kMiB), input);
  base::Bytes twice = framed;
  twice.insert(twice.end(), framed.begin(), framed.end());
  EXPECT_EQ(decompress(CompressionType::kSnappy, twice, kMiB)->size(), 40000U);
}

TEST(Decompressor, ReadsJoinedGzipMembersAndZstdFrames) {
  base::Bytes input = sample(20000);
  for (CompressionType codec : {CompressionType::kGzip, CompressionType::kZstd}) {
    base::Bytes twice = compressed(codec, input);
    base::Bytes again = twice;
    twice.insert(twice.end(), again.begin(), again.end());
    EXPECT_EQ(decompress(codec, twice, kMiB)->size(), 40000U) << codec_name(codec);
  }
}

TEST(Decompressor, NoticesAChangedGzipChecksum) {
  base::Bytes payload = compressed(CompressionType::kGzip, sample(20000));
  payload[payload.size() - 6] ^= 1;
  EXPECT_FALSE(decompress(CompressionType::kGzip, payload, kMiB).ok());
}

TEST(Decompressor, ToleratesTheOldLz4HeaderOnlyWhereItIsExpected) {
  base::Bytes input = sample(3000);
  base::Bytes payload;
  ASSERT_TRUE(compress(CompressionType::kLz4, kDefaultCompressionLevel, input, payload, true).ok());
  EXPECT_FALSE(decompress(CompressionType::kLz4, payload, kMiB).ok());
  BorrowedDecompressor decompressor(CompressionType::kLz4);
  ASSERT_TRUE(decompressor->start(payload, true).ok());
  base::Bytes output(4000);
  EXPECT_EQ(*decompressor->read(output), input.size());
}

TEST(Decompressor, IsGoodAgainAfterAFailedRun) {
  base::Bytes input = sample(3000);
  for (CompressionType codec : kCodecs) {
    base::Bytes payload = compressed(codec, input);
    BorrowedDecompressor decompressor(codec);
    base::Bytes output(4000);
    for (int round = 0; round < 3; ++round) {
      base::Bytes broken = payload;
      broken[broken.size() / 2] ^= 0xFF;
      if (decompressor->start(broken, false).ok()) {
        for (auto read = decompressor->read(output); read && *read > 0;) {
          read = decompressor->read(output);
        }
      }
      ASSERT_TRUE(decompressor->start(payload, false).ok());
      EXPECT_EQ(*decompressor->read(output), input.size()) << codec_name(codec);
    }
  }
}

// Its size is stated, as the library's command line does and some producers do.
base::Bytes lz4_with_stated_size(base::ByteView input) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.frameInfo.contentSize = input.size();
  base::Bytes frame(LZ4F_compressFrameBound(input.size(), &preferences));
  frame.resize(
      LZ4F_compressFrame(frame.data(), frame.size(), input.data(), input.size(), &preferences));
  return frame;
}

TEST(Decompressor, OwesNothingToAnLz4FrameThatWasCutShort) {
  base::Bytes input = sample(3000);
  base::Bytes stated = lz4_with_stated_size(input);
  base::Bytes plain = compressed(CompressionType::kLz4, input);
  BorrowedDecompressor decompressor(CompressionType::kLz4);
  base::Bytes output(4000);
  ASSERT_TRUE(decompressor->start(stated, false).ok());
  EXPECT_EQ(*decompressor->read(output), input.size());
  ASSERT_TRUE(decompressor->start(base::ByteView(stated).first(stated.size() / 2), false).ok());
  EXPECT_FALSE(decompressor->read(output).ok());
  ASSERT_TRUE(decompressor->start(plain, false).ok());
  auto read = decompressor->read(output);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, input.size());
}

TEST(CompressionType, KnowsItsNamesAndIds) {
  for (int id = 0; id <= 4; ++id) {
    EXPECT_EQ(codec_from_name(codec_name(*codec_from_id(id))), codec_from_id(id));
  }
  EXPECT_EQ(codec_from_name("uncompressed"), CompressionType::kNone);
  EXPECT_EQ(codec_from_name("producer"), std::nullopt);
  EXPECT_EQ(codec_from_id(5), std::nullopt);
}

}  // namespace
}  // namespace odradek::protocol
