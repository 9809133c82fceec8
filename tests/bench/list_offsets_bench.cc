#include "protocol/messages/list_offsets.h"

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

constexpr std::int16_t kVersion = 6;

ListOffsetsRequest request(int partitions) {
  ListOffsetsRequest message{.replica_id = -1, .topics = {{.name = "plant-7.measurements"}}};
  for (int i = 0; i < partitions; ++i) {
    message.topics[0].partitions.push_back({.partition_index = i, .timestamp = -1});
  }
  return message;
}

ListOffsetsResponse response(int partitions) {
  ListOffsetsResponse message{.topics = {{.name = "plant-7.measurements"}}};
  for (int i = 0; i < partitions; ++i) {
    message.topics[0].partitions.push_back({.partition_index = i, .offset = 1'000'000 + i});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  decode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_request)->Name("decode ListOffsetsRequest")->Arg(1)->Arg(100);

void encode_request(benchmark::State& state) {
  encode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_request)->Name("encode ListOffsetsRequest")->Arg(1)->Arg(100);

void decode_response(benchmark::State& state) {
  decode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_response)->Name("decode ListOffsetsResponse")->Arg(1)->Arg(100);

void encode_response(benchmark::State& state) {
  encode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_response)->Name("encode ListOffsetsResponse")->Arg(1)->Arg(100);

}  // namespace
}  // namespace odradek::bench
