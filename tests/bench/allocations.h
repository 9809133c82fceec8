// AllocationCount: how many times the heap was asked for memory while a benchmark ran.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace odradek::bench {

// By every operator new of the program so far; there is one thread.
std::int64_t allocations();

// Stands before the loop of a benchmark; the table shows what it adds as "allocations" a turn.
class AllocationCount {
 public:
  explicit AllocationCount(benchmark::State& state) : state_(state), before_(allocations()) {}
  ~AllocationCount() {
    state_.counters["allocations"] = benchmark::Counter(
        static_cast<double>(allocations() - before_), benchmark::Counter::kAvgIterations);
  }
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

 private:
  benchmark::State& state_;
  std::int64_t before_;
};

}  // namespace odradek::bench
