#include <benchmark/benchmark.h>

#include <optional>
#include <string>

#include "base/file.h"
#include "base/random.h"
#include "protocol/record/batch_builder.h"
#include "server/log/cleaner/compaction.h"
#include "tests/bench/allocations.h"
#include "tests/bench/log_files.h"

namespace odradek::bench {
namespace {

constexpr std::int64_t kLogBytes = 64 << 20;
constexpr int kRecordsOfBatch = 16;
constexpr std::size_t kBufferBytes = 256 << 10;

log::LogOptions compacted() {
  log::LogOptions options;
  options.cleanup_delete = false;
  options.cleanup_compact = true;
  options.file_delete_delay_ms = 0;
  return options;
}

// 64 MiB of records of 1 KiB; of `keys` keys, or each with one of its own.
void fill(log::Log& log, std::optional<int> keys, protocol::CompressionType codec) {
  base::Random random(1);
  base::Bytes value(1000);
  random.fill(value);
  int number = 0;
  std::int64_t bytes = 0;
  while (bytes < kLogBytes) {
    protocol::BatchBuilder builder({.codec = codec});
    for (int i = 0; i < kRecordsOfBatch; ++i) {
      int key = keys ? static_cast<int>(random.below(static_cast<std::uint64_t>(*keys))) : number;
      builder.append(1'700'000'000'000, base::as_bytes("key-" + std::to_string(key)), value);
      ++number;
    }
    bytes += static_cast<std::int64_t>(builder.size_bytes());
    auto batch = builder.build();
    CHECK(batch.ok());
    CHECK(log.append_as_leader(*batch, {.leader_epoch = 0}).ok());
  }
  CHECK(log.roll().ok());
  log.set_high_watermark(log.log_end_offset());
}

void compact(LogFiles& files, log::OffsetMap& offsets) {
  log::CleanableRange range;
  range.first_uncleanable_offset = files.log->log_end_offset();
  log::CompactionReport report = log::Compaction(*files.log, range, files.log->compaction().cuts(),
                                                 files.context, [](std::int64_t) { return true; })
                                     .run({offsets, kBufferBytes});
  CHECK(report.end == log::CompactionEnd::kDone) << report.reason;
  files.deleter.run_due();
}

// All stays, so that each turn finds the same.
void keep_all(benchmark::State& state, protocol::CompressionType codec) {
  LogFiles files(compacted());
  fill(*files.log, std::nullopt, codec);
  log::OffsetMap offsets(128 << 20, 0.9);
  compact(files, offsets);
  AllocationCount count(state);
  for (auto turn : state) compact(files, offsets);
  state.counters["bytes"] = kLogBytes;
  state.counters["goal_ns"] = static_cast<double>(kLogBytes) / 0.4;  // 400 MB/s
}
BENCHMARK_CAPTURE(keep_all, plain, protocol::CompressionType::kNone)->Name("compact, all stays");
BENCHMARK_CAPTURE(keep_all, lz4, protocol::CompressionType::kLz4)->Name("compact lz4, all stays");

// About half of the records of each batch go.
void drop_half(benchmark::State& state) {
  log::OffsetMap offsets(128 << 20, 0.9);
  for (auto turn : state) {
    state.PauseTiming();
    {
      LogFiles files(compacted());
      fill(*files.log, 40'000, protocol::CompressionType::kNone);
      state.ResumeTiming();
      compact(files, offsets);
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.counters["bytes"] = kLogBytes;
  state.counters["goal_ns"] = static_cast<double>(kLogBytes) / 0.4;
}
BENCHMARK(drop_half)->Name("compact, half goes")->Iterations(3);

// The least that reading the log for its keys, reading it again and writing it takes.
void copy_bare(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  auto from = base::File::open(directory.file("from"), base::File::Mode::kCreate);
  auto to = base::File::open(directory.file("to"), base::File::Mode::kCreate);
  CHECK(from.ok() && to.ok());
  base::Bytes buffer(kBufferBytes, 'v');
  for (std::int64_t at = 0; at < kLogBytes; at += kBufferBytes) {
    CHECK(from->write_at(buffer, at).ok());
  }
  for (auto turn : state) {
    for (std::int64_t at = 0; at < kLogBytes; at += kBufferBytes) {
      CHECK(from->read_at(buffer, at).ok());
    }
    CHECK(to->truncate(0).ok());
    for (std::int64_t at = 0; at < kLogBytes; at += kBufferBytes) {
      CHECK(from->read_at(buffer, at).ok());
      CHECK(to->write_at(buffer, at).ok());
    }
    CHECK(to->sync_data().ok());
  }
  state.counters["bytes"] = kLogBytes;
}
BENCHMARK(copy_bare)->Name("read twice and write");

}  // namespace
}  // namespace odradek::bench
