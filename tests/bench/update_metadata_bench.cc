#include "protocol/messages/update_metadata.h"

#include <string>

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::UpdateMetadataRequest;
using protocol::UpdateMetadataResponse;

constexpr std::int16_t kVersion = 7;
constexpr int kPartitionsPerTopic = 10;

UpdateMetadataRequest request(int partitions) {
  UpdateMetadataRequest message{.controller_id = 1, .controller_epoch = 9, .broker_epoch = 77};
  for (int i = 0; i < partitions; ++i) {
    if (i % kPartitionsPerTopic == 0) {
      message.topic_states.push_back({.topic_name = "plant-7.measurements-" + std::to_string(i)});
    }
    message.topic_states.back().partition_states.push_back(
        {.partition_index = i % kPartitionsPerTopic,
         .controller_epoch = 9,
         .leader = i % 6,
         .leader_epoch = 3,
         .isr = {i % 6, (i + 1) % 6, (i + 2) % 6},
         .zk_version = 4,
         .replicas = {i % 6, (i + 1) % 6, (i + 2) % 6}});
  }
  for (int id = 0; id < 6; ++id) {
    message.live_brokers.push_back(
        {.id = id,
         .endpoints = {{.port = 9092,
                        .host = "broker-" + std::to_string(id) + ".example.org",
                        .listener = "PLAINTEXT"}}});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  decode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_request)->Name("decode UpdateMetadataRequest")->Arg(10)->Arg(10'000);

void encode_request(benchmark::State& state) {
  encode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_request)->Name("encode UpdateMetadataRequest")->Arg(10)->Arg(10'000);

void decode_response(benchmark::State& state) {
  decode_message(state, UpdateMetadataResponse{}, kVersion);
}
BENCHMARK(decode_response)->Name("decode UpdateMetadataResponse");

void encode_response(benchmark::State& state) {
  encode_message(state, UpdateMetadataResponse{}, kVersion);
}
BENCHMARK(encode_response)->Name("encode UpdateMetadataResponse");

}  // namespace
}  // namespace odradek::bench
