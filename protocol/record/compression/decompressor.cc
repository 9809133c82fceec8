#include "protocol/record/compression/decompressor.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/compression/codecs.h"

namespace odradek::protocol {
namespace {

// A context that one strange payload made large is not worth its memory in every thread.
constexpr std::size_t kMaxHeldBytes = std::size_t{12} << 20;
// Walks within walks (compaction, conversion) need a few at the same time.
constexpr std::size_t kMaxIdlePerCodec = 4;

using IdleContexts = std::array<std::vector<std::unique_ptr<Decompressor>>, 5>;

IdleContexts& idle_contexts() {
  thread_local IdleContexts contexts;
  return contexts;
}

}  // namespace

std::unique_ptr<Decompressor> make_decompressor(CompressionType codec) {
  switch (codec) {
    case CompressionType::kNone:
      break;
    case CompressionType::kGzip:
      return make_gzip_decompressor();
    case CompressionType::kSnappy:
      return make_snappy_decompressor();
    case CompressionType::kLz4:
      return make_lz4_decompressor();
    case CompressionType::kZstd:
      return make_zstd_decompressor();
  }
  LOG(FATAL) << "nothing to decompress for codec " << static_cast<int>(codec);
  return nullptr;
}

BorrowedDecompressor::BorrowedDecompressor(CompressionType codec) : codec_(codec) {
  auto& idle = idle_contexts()[static_cast<std::size_t>(codec)];
  if (idle.empty()) {
    decompressor_ = make_decompressor(codec);
  } else {
    decompressor_ = std::move(idle.back());
    idle.pop_back();
  }
}

BorrowedDecompressor::~BorrowedDecompressor() {
  if (decompressor_ == nullptr || decompressor_->held_bytes() > kMaxHeldBytes) return;
  auto& idle = idle_contexts()[static_cast<std::size_t>(codec_)];
  if (idle.size() < kMaxIdlePerCodec) idle.push_back(std::move(decompressor_));
}

BorrowedDecompressor::BorrowedDecompressor(BorrowedDecompressor&&) noexcept = default;

base::Error corrupt_payload(CompressionType codec, std::string_view what) {
  std::string message(codec_name(codec));
  message.append(" payload: ").append(what);
  return base::Error(ErrorCode::kCorruptMessage, std::move(message));
}

base::Result<base::Bytes> decompress(CompressionType codec, base::ByteView input,
                                     std::size_t max_output_bytes) {
  if (codec == CompressionType::kNone) {
    if (input.size() > max_output_bytes) return corrupt_payload(codec, "larger than the limit");
    return base::Bytes(input.begin(), input.end());
  }
  BorrowedDecompressor decompressor(codec);
  if (base::Status started = decompressor->start(input, false); !started) return started.error();
  base::Bytes out;
  std::size_t filled = 0;
  // One byte beyond the limit tells "exactly at the limit" from "more than that".
  while (filled <= max_output_bytes) {
    if (filled == out.size()) {
      std::size_t step = std::max<std::size_t>(filled, 16384);
      out.resize(filled + std::min(step, max_output_bytes - filled + 1));
    }
    auto read = decompressor->read(base::MutableBytes(out).subspan(filled));
    if (!read) return read.error();
    if (*read == 0) {
      out.resize(filled);
      return out;
    }
    filled += *read;
  }
  return corrupt_payload(codec, "larger than the limit when decompressed");
}

}  // namespace odradek::protocol
