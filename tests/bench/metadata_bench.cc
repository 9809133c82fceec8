#include "protocol/messages/metadata.h"

#include <string>

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::MetadataRequest;
using protocol::MetadataResponse;

constexpr std::int16_t kVersion = 12;
constexpr int kPartitionsPerTopic = 10;

MetadataRequest request(int topics) {
  MetadataRequest message;
  for (int i = 0; i < topics; ++i) {
    message.topics->push_back({.name = "plant-7.measurements-" + std::to_string(i)});
  }
  return message;
}

MetadataResponse response(int partitions) {
  MetadataResponse message{.cluster_id = "Zm9vYmFyYmF6cXV4cXV1eA", .controller_id = 1};
  for (int id = 0; id < 6; ++id) {
    message.brokers.push_back(
        {.node_id = id, .host = "broker-" + std::to_string(id) + ".example.org", .port = 9092});
  }
  for (int i = 0; i < partitions; ++i) {
    if (i % kPartitionsPerTopic == 0) {
      message.topics.push_back({.name = "plant-7.measurements-" + std::to_string(i)});
    }
    message.topics.back().partitions.push_back({.partition_index = i % kPartitionsPerTopic,
                                                .leader_id = i % 6,
                                                .leader_epoch = 3,
                                                .replica_nodes = {i % 6, (i + 1) % 6, (i + 2) % 6},
                                                .isr_nodes = {i % 6, (i + 1) % 6, (i + 2) % 6}});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  decode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_request)->Name("decode MetadataRequest")->Arg(1)->Arg(100);

void encode_request(benchmark::State& state) {
  encode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_request)->Name("encode MetadataRequest")->Arg(1)->Arg(100);

void decode_response(benchmark::State& state) {
  decode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_response)->Name("decode MetadataResponse")->Arg(10)->Arg(10'000);

void encode_response(benchmark::State& state) {
  encode_message(state, response(static_cast<int>(state.range(0))), kVersion);
  if (state.range(0) == 10'000) state.counters["goal_ns"] = 600'000;
}
BENCHMARK(encode_response)->Name("encode MetadataResponse")->Arg(10)->Arg(10'000);

}  // namespace
}  // namespace odradek::bench
