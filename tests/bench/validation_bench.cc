#include <benchmark/benchmark.h>

#include "protocol/record/validate.h"
#include "tests/bench/allocations.h"
#include "tests/bench/sample_batch.h"

namespace odradek::bench {
namespace {

using protocol::CompressionType;

// All that a leader checks of a batch before it appends it.
void validate(benchmark::State& state, CompressionType codec) {
  auto record_count = static_cast<int>(state.range(0));
  base::Bytes bytes = sample_batch(record_count, codec);
  protocol::ValidationOptions options{.produce_version = 9, .now_ms = kSampleTime};
  {
    AllocationCount count(state);
    for (auto turn : state) {
      auto validated = protocol::validate_records(bytes, options);
      CHECK(validated.ok()) << validated.error_message;
      benchmark::DoNotOptimize(validated);
    }
  }
  state.counters["records"] = record_count;
  if (codec == CompressionType::kNone) {
    // 10 ns a record, and the checksum at 10 GB/s.
    state.counters["goal_ns"] = 10.0 * record_count + static_cast<double>(bytes.size()) / 10;
  }
}
BENCHMARK_CAPTURE(validate, plain, CompressionType::kNone)
    ->Name("validate plain batch")
    ->Arg(1)
    ->Arg(1'000);
BENCHMARK_CAPTURE(validate, gzip, CompressionType::kGzip)->Name("validate gzip batch")->Arg(1'000);
BENCHMARK_CAPTURE(validate, snappy, CompressionType::kSnappy)
    ->Name("validate snappy batch")
    ->Arg(1'000);
BENCHMARK_CAPTURE(validate, lz4, CompressionType::kLz4)->Name("validate lz4 batch")->Arg(1'000);
BENCHMARK_CAPTURE(validate, zstd, CompressionType::kZstd)->Name("validate zstd batch")->Arg(1'000);

}  // namespace
}  // namespace odradek::bench
