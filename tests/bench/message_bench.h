// The loops that decode and encode one message, for the benchmarks of each.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

#include "base/bytes.h"
#include "base/log.h"
#include "protocol/wire/codec.h"
#include "tests/bench/allocations.h"

namespace odradek::bench {

template <class M>
void decode_message(benchmark::State& state, const M& message, std::int16_t version) {
  base::Bytes bytes = protocol::Codec<M>::encode(message, version).flatten();
  AllocationCount count(state);
  for (auto turn : state) {
    auto decoded = protocol::Codec<M>::decode(bytes, version);
    CHECK(decoded.ok());
    benchmark::DoNotOptimize(*decoded);
  }
}

// Measures, allocates and fills the buffer, as the broker does for an answer.
template <class M>
void encode_message(benchmark::State& state, const M& message, std::int16_t version) {
  AllocationCount count(state);
  for (auto turn : state) {
    auto payload = protocol::Codec<M>::encode(message, version);
    benchmark::DoNotOptimize(payload);
  }
}

}  // namespace odradek::bench
