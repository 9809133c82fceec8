#include <benchmark/benchmark.h>
#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zstd.h>

#include <functional>
#include <memory>

#include "base/endian.h"
#include "protocol/record/batch.h"
#include "protocol/record/decompressed_stream.h"
#include "tests/bench/allocations.h"
#include "tests/bench/sample_batch.h"

namespace odradek::bench {
namespace {

using protocol::CompressionType;

constexpr int kRecords = 1'000;

base::Bytes payload_of(CompressionType codec) {
  base::Bytes batch = sample_batch(kRecords, codec);
  base::ByteView payload = protocol::BatchView(batch).payload();
  return {payload.begin(), payload.end()};
}

std::size_t plain_size() {
  base::Bytes batch = sample_batch(kRecords, CompressionType::kNone);
  return protocol::BatchView(batch).payload().size();
}

// Through the sliding window that validation and iteration look into, without looking.
void decompress(benchmark::State& state, CompressionType codec) {
  base::Bytes payload = payload_of(codec);
  std::size_t plain = plain_size();
  AllocationCount count(state);
  for (auto turn : state) {
    protocol::DecompressedStream stream(codec, payload);
    CHECK(stream.skip(plain) && stream.at_end());
    benchmark::DoNotOptimize(stream.view().data());
  }
  state.counters["bytes"] = static_cast<double>(plain);
}

// What the library alone takes with everything in its favour: the size known, room for all of it,
// one call and a context that is there already. Returns how many bytes came out.
using BareDecompression = std::function<std::size_t(base::ByteView from, base::MutableBytes to)>;

void decompress_bare(benchmark::State& state, CompressionType codec, BareDecompression library) {
  base::Bytes payload = payload_of(codec);
  base::Bytes plain(plain_size());
  for (auto turn : state) {
    CHECK_EQ(library(payload, plain), plain.size());
    benchmark::DoNotOptimize(plain.data());
  }
  state.counters["bytes"] = static_cast<double>(plain.size());
}

std::size_t gunzip(base::ByteView from, base::MutableBytes to) {
  static auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_GZIP;
  state->next_in = const_cast<std::uint8_t*>(from.data());
  state->avail_in = static_cast<std::uint32_t>(from.size());
  state->next_out = to.data();
  state->avail_out = static_cast<std::uint32_t>(to.size());
  return isal_inflate(state.get()) == ISAL_DECOMP_OK ? state->total_out : 0;
}

// xerial's header of 16 bytes, then blocks behind their lengths.
std::size_t unsnappy(base::ByteView from, base::MutableBytes to) {
  std::size_t made = 0;
  from = from.subspan(16);
  while (!from.empty()) {
    auto size = static_cast<std::size_t>(base::load_big_endian<std::int32_t>(from.data()));
    const char* block = reinterpret_cast<const char*>(from.data() + 4);
    std::size_t plain = 0;
    CHECK(snappy::GetUncompressedLength(block, size, &plain) && plain <= to.size() - made);
    CHECK(snappy::RawUncompress(block, size, reinterpret_cast<char*>(to.data() + made)));
    made += plain;
    from = from.subspan(4 + size);
  }
  return made;
}

std::size_t unlz4(base::ByteView from, base::MutableBytes to) {
  static LZ4F_dctx* context = [] {
    LZ4F_dctx* made = nullptr;
    CHECK(!LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)));
    return made;
  }();
  LZ4F_resetDecompressionContext(context);
  std::size_t made = to.size();
  std::size_t taken = from.size();
  std::size_t code = LZ4F_decompress(context, to.data(), &made, from.data(), &taken, nullptr);
  return LZ4F_isError(code) ? 0 : made;
}

std::size_t unzstd(base::ByteView from, base::MutableBytes to) {
  static ZSTD_DCtx* context = ZSTD_createDCtx();
  return ZSTD_decompressDCtx(context, to.data(), to.size(), from.data(), from.size());
}

BENCHMARK_CAPTURE(decompress, gzip, CompressionType::kGzip)->Name("decompress gzip");
BENCHMARK_CAPTURE(decompress_bare, gzip, CompressionType::kGzip, gunzip)
    ->Name("decompress gzip, bare");
BENCHMARK_CAPTURE(decompress, snappy, CompressionType::kSnappy)->Name("decompress snappy");
BENCHMARK_CAPTURE(decompress_bare, snappy, CompressionType::kSnappy, unsnappy)
    ->Name("decompress snappy, bare");
BENCHMARK_CAPTURE(decompress, lz4, CompressionType::kLz4)->Name("decompress lz4");
BENCHMARK_CAPTURE(decompress_bare, lz4, CompressionType::kLz4, unlz4)->Name("decompress lz4, bare");
BENCHMARK_CAPTURE(decompress, zstd, CompressionType::kZstd)->Name("decompress zstd");
BENCHMARK_CAPTURE(decompress_bare, zstd, CompressionType::kZstd, unzstd)
    ->Name("decompress zstd, bare");

}  // namespace
}  // namespace odradek::bench
