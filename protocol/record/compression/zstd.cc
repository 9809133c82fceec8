// zstd: streaming frames within the window that every reader allows (128 MiB).
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/log.h"
#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {
namespace {

constexpr int kDefaultLevel = 3;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdDecompressor : public Decompressor {
 public:
  ZstdDecompressor() : context_(ZSTD_createDCtx()) { CHECK(context_ != nullptr); }

  base::Status start(base::ByteView input, bool /*old_lz4_header*/) override {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    input_ = {input.data(), input.size(), 0};
    at_frame_end_ = false;
    return {};
  }

  base::Result<std::size_t> read(base::MutableBytes out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos < output.size && !(at_frame_end_ && input_.pos == input_.size)) {
      std::size_t in_before = input_.pos;
      std::size_t out_before = output.pos;
      std::size_t code = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(code))
        return corrupt_payload(CompressionType::kZstd, ZSTD_getErrorName(code));
      at_frame_end_ = code == 0;
      if (!at_frame_end_ && input_.pos == in_before && output.pos == out_before) {
        return corrupt_payload(CompressionType::kZstd, "ends too early");
      }
    }
    return output.pos;
  }

  std::size_t held_bytes() const override { return ZSTD_sizeof_DCtx(context_.get()); }

 private:
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  ZSTD_inBuffer input_{};
  bool at_frame_end_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd_decompressor() {
  return std::make_unique<ZstdDecompressor>();
}

base::Status compress_zstd(int level, base::ByteView input, base::Bytes& out) {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return base::Error("zstd: no memory for a compression context");
  int zstd_level = level == kDefaultCompressionLevel
                       ? kDefaultLevel
                       : std::clamp(level, ZSTD_minCLevel(), ZSTD_maxCLevel());
  std::size_t begin = out.size();
  std::size_t bound = ZSTD_compressBound(input.size());
  out.resize(begin + bound);
  std::size_t size = ZSTD_compressCCtx(context.get(), out.data() + begin, bound, input.data(),
                                       input.size(), zstd_level);
  if (ZSTD_isError(size)) return base::Error("zstd: " + std::string(ZSTD_getErrorName(size)));
  out.resize(begin + size);
  return {};
}

}  // namespace odradek::protocol
