#include "protocol/messages/leader_and_isr.h"

#include <string>

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::LeaderAndIsrRequest;
using protocol::LeaderAndIsrResponse;

constexpr std::int16_t kVersion = 6;
constexpr int kPartitionsPerTopic = 10;

LeaderAndIsrRequest request(int partitions) {
  LeaderAndIsrRequest message{.controller_id = 1, .controller_epoch = 9, .broker_epoch = 77};
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
         .partition_epoch = 4,
         .replicas = {i % 6, (i + 1) % 6, (i + 2) % 6}});
  }
  for (int id = 0; id < 6; ++id) {
    message.live_leaders.push_back({.broker_id = id,
                                    .host_name = "broker-" + std::to_string(id) + ".example.org",
                                    .port = 9092});
  }
  return message;
}

LeaderAndIsrResponse response(int partitions) {
  LeaderAndIsrResponse message;
  for (int i = 0; i < partitions; ++i) {
    if (i % kPartitionsPerTopic == 0) message.topics.emplace_back();
    message.topics.back().partition_errors.push_back({.partition_index = i % kPartitionsPerTopic});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  decode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_request)->Name("decode LeaderAndIsrRequest")->Arg(10)->Arg(10'000);

void encode_request(benchmark::State& state) {
  encode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_request)->Name("encode LeaderAndIsrRequest")->Arg(10)->Arg(10'000);

void decode_response(benchmark::State& state) {
  decode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(decode_response)->Name("decode LeaderAndIsrResponse")->Arg(10)->Arg(10'000);

void encode_response(benchmark::State& state) {
  encode_message(state, response(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_response)->Name("encode LeaderAndIsrResponse")->Arg(10)->Arg(10'000);

}  // namespace
}  // namespace odradek::bench
