// lz4: the frame format as the JVM clients read it: independent blocks, one frame.
#include <lz4frame.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include "base/endian.h"
#include "base/log.h"
#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {
namespace {

constexpr std::uint32_t kMagic = 0x184D2204;
constexpr std::size_t kMagicSize = 4;
constexpr std::size_t kMinHeaderSize = 7;   // magic, flags, block descriptor, header checksum
constexpr std::size_t kMaxHeaderSize = 15;  // and the content size

// XXH32 with seed 0 of fewer than 16 bytes, which is all that a header has; liblz4 hides its own.
std::uint32_t short_xxh32(base::ByteView bytes) {
  constexpr std::uint32_t kPrime1 = 2654435761U, kPrime2 = 2246822519U, kPrime3 = 3266489917U,
                          kPrime4 = 668265263U, kPrime5 = 374761393U;
  DCHECK_LT(bytes.size(), 16U);
  std::uint32_t hash = kPrime5 + static_cast<std::uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    hash += base::load_little_endian<std::uint32_t>(bytes.data()) * kPrime3;
    hash = std::rotl(hash, 17) * kPrime4;
  }
  for (std::uint8_t byte : bytes) hash = std::rotl(hash + byte * kPrime5, 11) * kPrime1;
  hash = (hash ^ (hash >> 15)) * kPrime2;
  hash = (hash ^ (hash >> 13)) * kPrime3;
  return hash ^ (hash >> 16);
}

std::uint8_t header_checksum(base::ByteView descriptor) {
  return static_cast<std::uint8_t>(short_xxh32(descriptor) >> 8);
}

class Lz4Decompressor : public Decompressor {
 public:
  Lz4Decompressor() { create(); }
  ~Lz4Decompressor() override { LZ4F_freeDecompressionContext(context_); }
  Lz4Decompressor(const Lz4Decompressor&) = delete;
  Lz4Decompressor& operator=(const Lz4Decompressor&) = delete;

  base::Status start(base::ByteView input, bool old_lz4_header) override {
    if (expects_size_) {
      // A reset does not make the library (before 1.10) forget what the last frame still owed of
      // the size that it stated, and the next frame would pay for it.
      LZ4F_freeDecompressionContext(context_);
      create();
    } else {
      LZ4F_resetDecompressionContext(context_);
    }
    finished_ = expects_size_ = false;
    if (input.size() < kMinHeaderSize ||
        base::load_little_endian<std::uint32_t>(input.data()) != kMagic) {
      return corrupt_payload(CompressionType::kLz4, "no frame header");
    }
    std::uint8_t flags = input[kMagicSize];
    // Version 1, independent blocks, no reserved bit: what JVM consumers can read back.
    if ((flags & 0xE3) != 0x60)
      return corrupt_payload(CompressionType::kLz4, "frame flags not supported");
    expects_size_ = (flags & 0x08) != 0;
    std::size_t size = expects_size_ ? kMaxHeaderSize : kMinHeaderSize;
    if (input.size() < size)
      return corrupt_payload(CompressionType::kLz4, "ends within the frame header");
    std::array<std::uint8_t, kMaxHeaderSize> header{};
    std::copy_n(input.begin(), size, header.begin());
    if (old_lz4_header) {
      header[size - 1] = header_checksum({header.data() + kMagicSize, size - kMagicSize - 1});
    }
    return feed_header({header.data(), size}, input.subspan(size));
  }

  base::Result<std::size_t> read(base::MutableBytes out) override {
    std::size_t written = 0;
    while (written < out.size() && !finished_) {
      std::size_t taken = left_.size();
      std::size_t made = out.size() - written;
      std::size_t code =
          LZ4F_decompress(context_, out.data() + written, &made, left_.data(), &taken, nullptr);
      if (LZ4F_isError(code))
        return corrupt_payload(CompressionType::kLz4, LZ4F_getErrorName(code));
      left_ = left_.subspan(taken);
      written += made;
      finished_ = code == 0;
      if (finished_) expects_size_ = false;
      if (taken == 0 && made == 0 && !finished_) {
        return corrupt_payload(CompressionType::kLz4, "ends too early");
      }
    }
    return written;
  }

  // Two blocks of at most 4 MiB; how many the context holds is not told.
  std::size_t held_bytes() const override { return block_size_ * 2; }

 private:
  void create() { CHECK(!LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION))); }

  base::Status feed_header(base::ByteView header, base::ByteView rest) {
    std::size_t taken = header.size();
    std::size_t made = 0;
    std::uint8_t nothing = 0;
    std::size_t code = LZ4F_decompress(context_, &nothing, &made, header.data(), &taken, nullptr);
    if (LZ4F_isError(code)) return corrupt_payload(CompressionType::kLz4, LZ4F_getErrorName(code));
    if (taken != header.size())
      return corrupt_payload(CompressionType::kLz4, "frame header not understood");
    block_size_ = std::size_t{1} << (8 + 2 * ((header[kMagicSize + 1] >> 4) & 7));
    left_ = rest;
    return {};
  }

  LZ4F_dctx* context_ = nullptr;
  base::ByteView left_;
  std::size_t block_size_ = 0;
  bool finished_ = false;
  bool expects_size_ = false;  // of a frame that is not finished
};

// Level 9 is the default and means the fast compressor, for so does every release of Kafka; any
// other level means the high-compression one.
int library_level(int level) {
  if (level == kDefaultCompressionLevel || level == 9) return 0;
  return std::clamp(level, 3, LZ4F_compressionLevel_max());
}

}  // namespace

std::unique_ptr<Decompressor> make_lz4_decompressor() {
  return std::make_unique<Lz4Decompressor>();
}

base::Status compress_lz4(int level, base::ByteView input, base::Bytes& out, bool old_header) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.compressionLevel = library_level(level);
  std::size_t begin = out.size();
  std::size_t bound = LZ4F_compressFrameBound(input.size(), &preferences);
  out.resize(begin + bound);
  std::size_t size =
      LZ4F_compressFrame(out.data() + begin, bound, input.data(), input.size(), &preferences);
  if (LZ4F_isError(size)) {
    return base::Error("lz4: " + std::string(LZ4F_getErrorName(size)));
  }
  out.resize(begin + size);
  // The old checksum took the magic number in, too.
  if (old_header) {
    out[begin + kMinHeaderSize - 1] = header_checksum({out.data() + begin, kMinHeaderSize - 1});
  }
  return {};
}

}  // namespace odradek::protocol
