#include "base/crc32c.h"

#include "tests/bench/allocations.h"

namespace odradek::bench {
namespace {

void checksum(benchmark::State& state) {
  base::Bytes bytes(static_cast<std::size_t>(state.range(0)), 'x');
  AllocationCount count(state);
  for (auto turn : state) benchmark::DoNotOptimize(base::crc32c(bytes));
  state.counters["bytes"] = static_cast<double>(state.range(0));
  state.counters["goal_ns"] = static_cast<double>(state.range(0)) / 10;  // 10 GB/s
}
BENCHMARK(checksum)->Name("crc32c")->Arg(170)->Arg(1024)->Arg(65'536)->Arg(1 << 20);

}  // namespace
}  // namespace odradek::bench
