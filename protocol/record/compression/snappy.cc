// snappy: the blocks of xerial's Java stream, which Kafka clients agree on, and one bare block,
// which librdkafka sends.
#include <snappy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/endian.h"
#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {
namespace {

constexpr std::array<std::uint8_t, 8> kXerialMagic{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
constexpr std::size_t kStreamHeaderSize = 16;  // magic, int32 version, int32 oldest reader
constexpr std::size_t kBlockSize = 32768;
// A copy element of three bytes yields at most 64.
constexpr std::size_t kMaxExpansion = 22;
constexpr std::size_t kKeptBlockSize = std::size_t{1} << 20;

bool has_stream_header(base::ByteView bytes) {
  return bytes.size() >= kStreamHeaderSize &&
         std::memcmp(bytes.data(), kXerialMagic.data(), kXerialMagic.size()) == 0;
}

class SnappyDecompressor : public Decompressor {
 public:
  base::Status start(base::ByteView input, bool /*old_lz4_header*/) override {
    left_ = input;
    block_size_ = block_position_ = 0;
    framed_ = has_stream_header(input);
    if (input.empty()) return corrupt_payload(CompressionType::kSnappy, "empty");
    if (framed_) return skip_stream_header();
    return {};
  }

  base::Result<std::size_t> read(base::MutableBytes out) override {
    std::size_t written = 0;
    while (written < out.size()) {
      if (block_position_ == block_size_) {
        if (left_.empty()) break;
        auto direct = next_block(out.subspan(written));
        if (!direct) return direct.error();
        written += *direct;
        continue;
      }
      std::size_t count = std::min(out.size() - written, block_size_ - block_position_);
      std::memcpy(out.data() + written, block_.get() + block_position_, count);
      written += count;
      block_position_ += count;
    }
    return written;
  }

  std::size_t held_bytes() const override { return block_capacity_; }

 private:
  base::Status skip_stream_header() {
    if (base::load_big_endian<std::int32_t>(left_.data() + 12) < 1) {
      return corrupt_payload(CompressionType::kSnappy, "stream version that never existed");
    }
    left_ = left_.subspan(kStreamHeaderSize);
    return {};
  }

  // Decompresses the next block, into `out` when it fits there (and returns its size), else aside.
  base::Result<std::size_t> next_block(base::MutableBytes out) {
    auto compressed = take_compressed_block();
    if (!compressed) return compressed.error();
    if (compressed->empty()) return std::size_t{0};
    const char* from = reinterpret_cast<const char*>(compressed->data());
    std::size_t size = 0;
    if (!snappy::GetUncompressedLength(from, compressed->size(), &size) ||
        size > compressed->size() * kMaxExpansion) {
      return corrupt_payload(CompressionType::kSnappy, "block states a length that it cannot have");
    }
    bool fits = size <= out.size();
    if (!fits) make_room(size);
    char* to = reinterpret_cast<char*>(fits ? out.data() : block_.get());
    if (!snappy::RawUncompress(from, compressed->size(), to)) {
      return corrupt_payload(CompressionType::kSnappy, "broken block");
    }
    if (fits) return size;
    block_size_ = size;
    block_position_ = 0;
    return std::size_t{0};
  }

  // Empty for a stream header, which appears between streams that were joined.
  base::Result<base::ByteView> take_compressed_block() {
    base::ByteView block;
    if (!framed_) {
      std::swap(block, left_);
      return block;
    }
    if (has_stream_header(left_)) {
      if (base::Status skipped = skip_stream_header(); !skipped) return skipped.error();
      return block;
    }
    if (left_.size() < 4)
      return corrupt_payload(CompressionType::kSnappy, "ends within a block's length");
    auto size = base::load_big_endian<std::int32_t>(left_.data());
    if (size <= 0 || static_cast<std::size_t>(size) > left_.size() - 4) {
      return corrupt_payload(CompressionType::kSnappy,
                             "block is longer than the bytes that are there");
    }
    block = left_.subspan(4, static_cast<std::size_t>(size));
    left_ = left_.subspan(4 + static_cast<std::size_t>(size));
    return block;
  }

  // Not cleared: memory that the block does not really fill is never touched.
  void make_room(std::size_t size) {
    if (size <= block_capacity_ && (block_capacity_ <= kKeptBlockSize || size > kKeptBlockSize)) {
      return;
    }
    block_capacity_ = std::max(size, kBlockSize);
    block_ = std::make_unique_for_overwrite<std::uint8_t[]>(block_capacity_);
  }

  base::ByteView left_;
  bool framed_ = false;
  std::unique_ptr<std::uint8_t[]> block_;
  std::size_t block_capacity_ = 0;
  std::size_t block_size_ = 0;
  std::size_t block_position_ = 0;
};

}  // namespace

std::unique_ptr<Decompressor> make_snappy_decompressor() {
  return std::make_unique<SnappyDecompressor>();
}

base::Status compress_snappy(base::ByteView input, base::Bytes& out) {
  std::size_t at = out.size();
  std::size_t blocks = (input.size() + kBlockSize - 1) / kBlockSize;
  out.resize(at + kStreamHeaderSize + blocks * (4 + snappy::MaxCompressedLength(kBlockSize)));
  std::copy(kXerialMagic.begin(), kXerialMagic.end(), out.data() + at);
  base::store_big_endian<std::int32_t>(out.data() + at + 8, 1);
  base::store_big_endian<std::int32_t>(out.data() + at + 12, 1);
  at += kStreamHeaderSize;
  while (!input.empty()) {
    base::ByteView block = input.first(std::min(kBlockSize, input.size()));
    input = input.subspan(block.size());
    std::size_t size = 0;
    snappy::RawCompress(reinterpret_cast<const char*>(block.data()), block.size(),
                        reinterpret_cast<char*>(out.data() + at + 4), &size);
    base::store_big_endian(out.data() + at, static_cast<std::int32_t>(size));
    at += 4 + size;
  }
  out.resize(at);
  return {};
}

}  // namespace odradek::protocol
