// gzip: compressed by zlib as the JVM does, decompressed by ISA-L, which is more than twice as
// fast.
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "protocol/errors.h"
#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {
namespace {

class GzipDecompressor : public Decompressor {
 public:
  GzipDecompressor() : state_(std::make_unique<inflate_state>()) {}

  base::Status start(base::ByteView input, bool /*old_lz4_header*/) override {
    if (input.size() > std::numeric_limits<std::uint32_t>::max()) {
      return corrupt_payload(CompressionType::kGzip, "larger than 4 GiB");
    }
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
    state_->next_in = const_cast<std::uint8_t*>(input.data());
    state_->avail_in = static_cast<std::uint32_t>(input.size());
    return {};
  }

  base::Result<std::size_t> read(base::MutableBytes out) override {
    if (out.empty()) return std::size_t{0};
    auto room = static_cast<std::uint32_t>(std::min<std::size_t>(out.size(), 1U << 30));
    state_->next_out = out.data();
    state_->avail_out = room;
    while (state_->avail_out > 0) {
      if (state_->block_state == ISAL_BLOCK_FINISH && !start_next_member()) break;
      std::uint32_t out_before = state_->avail_out;
      std::uint32_t in_before = state_->avail_in;
      int code = isal_inflate(state_.get());
      if (code < 0)
        return corrupt_payload(CompressionType::kGzip, "broken deflate stream or checksum");
      bool idle = state_->avail_out == out_before && state_->avail_in == in_before;
      if (idle && state_->block_state != ISAL_BLOCK_FINISH) {
        return corrupt_payload(CompressionType::kGzip, "ends too early");
      }
    }
    return static_cast<std::size_t>(room - state_->avail_out);
  }

  std::size_t held_bytes() const override { return sizeof(inflate_state); }

 private:
  // Members may follow each other; anything else after the last one is ignored, as the JVM does.
  bool start_next_member() {
    if (state_->avail_in < 18 || state_->next_in[0] != 0x1F || state_->next_in[1] != 0x8B) {
      return false;
    }
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    return true;
  }

  std::unique_ptr<inflate_state> state_;
};

// A deflate context costs 256 KiB to set up; one per thread stays.
class GzipContext {
 public:
  GzipContext() = default;
  GzipContext(const GzipContext&) = delete;
  GzipContext& operator=(const GzipContext&) = delete;
  ~GzipContext() {
    if (ready_) deflateEnd(&stream_);
  }

  z_stream* prepare(int level) {
    if (ready_ && level == level_) return deflateReset(&stream_) == Z_OK ? &stream_ : nullptr;
    if (ready_) deflateEnd(&stream_);
    ready_ = deflateInit2(&stream_, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    level_ = level;
    return ready_ ? &stream_ : nullptr;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
  int level_ = 0;
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor() {
  return std::make_unique<GzipDecompressor>();
}

base::Status compress_gzip(int level, base::ByteView input, base::Bytes& out) {
  thread_local GzipContext context;
  int zlib_level = level == kDefaultCompressionLevel ? Z_DEFAULT_COMPRESSION
                                                     : std::clamp(level, -1, Z_BEST_COMPRESSION);
  z_stream* stream = context.prepare(zlib_level);
  if (stream == nullptr) return base::Error("gzip: no memory for a compression context");
  std::size_t begin = out.size();
  out.resize(begin + deflateBound(stream, input.size()));
  stream->next_in = const_cast<std::uint8_t*>(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  stream->next_out = out.data() + begin;
  stream->avail_out = static_cast<uInt>(out.size() - begin);
  if (deflate(stream, Z_FINISH) != Z_STREAM_END) return base::Error("gzip: compression failed");
  out.resize(out.size() - stream->avail_out);
  return {};
}

}  // namespace odradek::protocol
