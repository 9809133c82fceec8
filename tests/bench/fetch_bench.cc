#include "protocol/messages/fetch.h"

#include "tests/bench/message_bench.h"

namespace odradek::bench {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;

constexpr std::int16_t kVersion = 12;

FetchRequest request(int partitions) {
  FetchRequest message{.max_wait_ms = 500,
                       .min_bytes = 1,
                       .max_bytes = 52'428'800,
                       .session_id = 4711,
                       .session_epoch = 3,
                       .topics = {{.topic = "plant-7.measurements"}},
                       .rack_id = ""};
  for (int i = 0; i < partitions; ++i) {
    message.topics[0].partitions.push_back({.partition = i,
                                            .current_leader_epoch = 7,
                                            .fetch_offset = 1'000'000 + i,
                                            .partition_max_bytes = 1'048'576});
  }
  return message;
}

// Records that somebody owns, as an answer from memory has them.
FetchResponse response(int partitions, const std::shared_ptr<base::Bytes>& records) {
  FetchResponse message{.session_id = 4711, .responses = {{.topic = "plant-7.measurements"}}};
  for (int i = 0; i < partitions; ++i) {
    message.responses[0].partitions.push_back({.partition_index = i,
                                               .high_watermark = 1'000'000 + i,
                                               .last_stable_offset = 1'000'000 + i,
                                               .log_start_offset = 5'000,
                                               .records = {.bytes = *records, .owner = records}});
  }
  return message;
}

void decode_request(benchmark::State& state) {
  decode_message(state, request(static_cast<int>(state.range(0))), kVersion);
  if (state.range(0) == 1) state.counters["goal_ns"] = 150;
}
BENCHMARK(decode_request)->Name("decode FetchRequest")->Arg(1)->Arg(100);

void encode_request(benchmark::State& state) {
  encode_message(state, request(static_cast<int>(state.range(0))), kVersion);
}
BENCHMARK(encode_request)->Name("encode FetchRequest")->Arg(1)->Arg(100);

void decode_response(benchmark::State& state) {
  auto records = std::make_shared<base::Bytes>(1024);
  decode_message(state, response(static_cast<int>(state.range(0)), records), kVersion);
}
BENCHMARK(decode_response)->Name("decode FetchResponse")->Arg(1)->Arg(100);

void encode_response(benchmark::State& state) {
  auto records = std::make_shared<base::Bytes>(1024);
  encode_message(state, response(static_cast<int>(state.range(0)), records), kVersion);
}
BENCHMARK(encode_response)->Name("encode FetchResponse")->Arg(1)->Arg(100);

}  // namespace
}  // namespace odradek::bench
