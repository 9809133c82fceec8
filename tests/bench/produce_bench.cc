#include "protocol/messages/produce.h"

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::ProduceRequest;
using protocol::ProduceResponse;

constexpr std::int16_t kVersion = 9;

ProduceRequest request(int partitions, base::Bytes& records) {
  ProduceRequest message{
      .acks = 1, .timeout_ms = 30'000, .topic_data = {{.name = "plant-7.measurements"}}};
  for (int i = 0; i < partitions; ++i) {
    message.topic_data[0].partition_data.push_back({.index = i, .records = {.bytes = records}});
  }
  return message;
}

ProduceResponse response(int partitions) {
  ProduceResponse message{.responses = {{.name = "plant-7.measurements"}}};
  for (int i = 0; i < partitions; ++i) {
    message.responses[0].partition_responses.push_back(
        {.index = i, .base_offset = 1'000'000 + i, .log_start_offset = 5'000});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  base::Bytes records(170);
  decode_message(state, request(static_cast<int>(state.range(0)), records), kVersion);
  if (state.range(0) == 1) state.counters["goal_ns"] = 150;
}
BENCHMARK(decode_request)->Name("decode ProduceRequest")->Arg(1)->Arg(100);

void encode_request(benchmark::State& state) {
  base::Bytes records(170);
  encode_message(state, request(static_cast<int>(state.range(0)), records), kVersion);
}
BENCHMARK(encode_request)->Name("encode ProduceRequest")->Arg(1)->Arg(100);

void decode_response(benchmark::State& state) {
  decode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_response)->Name("decode ProduceResponse")->Arg(1)->Arg(100);

void encode_response(benchmark::State& state) {
  encode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_response)->Name("encode ProduceResponse")->Arg(1)->Arg(100);

}  // namespace
}  // namespace odradek::bench
