#include <benchmark/benchmark.h>

#include "protocol/record/record_iterator.h"
#include "tests/bench/allocations.h"
#include "tests/bench/sample_batch.h"

namespace odradek::bench {
namespace {

using protocol::CompressionType;

constexpr int kRecords = 1'000;

// Every record of a batch with its key and value, as a reader of the log sees them.
void iterate(benchmark::State& state, CompressionType codec) {
  base::Bytes bytes = sample_batch(kRecords, codec);
  AllocationCount count(state);
  for (auto turn : state) {
    protocol::RecordIterator records{protocol::BatchView(bytes)};
    std::size_t size_bytes = 0;
    while (const protocol::Record* record = records.next()) size_bytes += record->value->size();
    CHECK(records.status().ok()) << records.status().error().message;
    benchmark::DoNotOptimize(size_bytes);
  }
  state.counters["records"] = kRecords;
}
BENCHMARK_CAPTURE(iterate, plain, CompressionType::kNone)->Name("iterate plain batch");
BENCHMARK_CAPTURE(iterate, gzip, CompressionType::kGzip)->Name("iterate gzip batch");
BENCHMARK_CAPTURE(iterate, snappy, CompressionType::kSnappy)->Name("iterate snappy batch");
BENCHMARK_CAPTURE(iterate, lz4, CompressionType::kLz4)->Name("iterate lz4 batch");
BENCHMARK_CAPTURE(iterate, zstd, CompressionType::kZstd)->Name("iterate zstd batch");

}  // namespace
}  // namespace odradek::bench
