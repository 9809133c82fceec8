#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>

#include "base/file.h"
#include "server/log/log_manager.h"
#include "tests/bench/allocations.h"
#include "tests/bench/log_files.h"
#include "tests/bench/sample_batch.h"
#include "tests/support/temporary_directory.h"

namespace odradek::bench {
namespace {

// Files are emptied when they have this many bytes, so that a run does not fill the disk.
constexpr std::int64_t kMostBytes = 256 << 20;
constexpr std::size_t kManyLogs = 10'000;

// The batch of about this size that a producer of 1 KiB records sends.
base::Bytes batch_of(std::size_t size_bytes) {
  protocol::BatchBuilder builder({});
  base::Bytes value(1000, 'v');
  for (std::size_t size = 100; size < size_bytes; size += 1020) {
    builder.append(kSampleTime, base::as_bytes("key"), value);
  }
  auto built = builder.build();
  CHECK(built.ok()) << built.error().message;
  return std::move(*built);
}

// As a producer sends it, for the log writes offsets into it.
protocol::Offset append(log::Log& log, base::Bytes& batch) {
  std::fill_n(batch.begin(), sizeof(protocol::Offset), std::uint8_t{0});
  auto info = log.append_as_leader(batch, {.leader_epoch = 0, .produce_version = 9});
  CHECK(info.ok()) << info.error().message;
  return info->last_offset;
}

void append_batches(benchmark::State& state) {
  LogFiles files;
  base::Bytes batch = batch_of(static_cast<std::size_t>(state.range(0)) << 10);
  AllocationCount count(state);
  for (auto turn : state) {
    append(*files.log, batch);
    if (files.log->size_bytes() < kMostBytes) continue;
    state.PauseTiming();
    CHECK(files.log->truncate_fully_and_start_at(0).ok());
    state.ResumeTiming();
  }
  state.counters["most_over_bare"] = state.range(0) >= 64 ? 1.3 : 1.5;
}
BENCHMARK(append_batches)->Name("append KiB")->Arg(16)->Arg(64)->Arg(900);

// Requests of one record each for the same log, as many at once as the argument says.
void append_small(benchmark::State& state) {
  LogFiles files;
  auto count = static_cast<std::size_t>(state.range(0));
  std::vector<base::Bytes> batches(count, batch_of(200));
  std::vector<log::LeaderAppend> group;
  for (auto turn : state) {
    group.clear();
    for (base::Bytes& batch : batches) {
      std::fill_n(batch.begin(), sizeof(protocol::Offset), std::uint8_t{0});
      group.push_back({.records = batch, .spec = {.leader_epoch = 0, .produce_version = 9}});
    }
    files.log->append_as_leader(group);
    CHECK(group.back().result.ok());
    if (files.log->size_bytes() < kMostBytes) continue;
    state.PauseTiming();
    CHECK(files.log->truncate_fully_and_start_at(0).ok());
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_small)->Name("append small requests together")->Arg(1)->Arg(5)->Arg(16);

void bare_append(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  base::Bytes batch = batch_of(static_cast<std::size_t>(state.range(0)) << 10);
  auto file = base::File::open(directory.file("log"), base::File::Mode::kCreate);
  CHECK(file.ok());
  std::int64_t position = 0;
  for (auto turn : state) {
    CHECK(file->write_at(batch, position).ok());
    position += static_cast<std::int64_t>(batch.size());
    if (position < kMostBytes) continue;
    state.PauseTiming();
    CHECK(file->truncate(0).ok());
    position = 0;
    state.ResumeTiming();
  }
}
BENCHMARK(bare_append)->Name("append KiB, bare")->Arg(16)->Arg(64)->Arg(900);

// Finds the file slice of an offset; no byte of records is read.
void read_slice(benchmark::State& state) {
  LogFiles files;
  base::Bytes batch = batch_of(16 << 10);
  while (files.log->size_bytes() < kMostBytes) append(*files.log, batch);
  protocol::Offset end = files.log->log_end_offset();
  protocol::Offset offset = 0;
  AllocationCount count(state);
  for (auto turn : state) {
    auto info = files.log->read({.start_offset = offset, .upper_bound = end});
    CHECK(info.ok());
    // In order, as consumers read, or hopping about, as many of them together do.
    offset = (offset + state.range(0)) % end;
    benchmark::DoNotOptimize(info);
  }
  state.counters["goal_ns"] = 1000;
}
BENCHMARK(read_slice)->Name("read slice, step")->Arg(1'000)->Arg(7'919);

// All of 10,000 logs; what is told is the time of one.
class ManyLogs {
 public:
  ManyLogs() {
    auto manager = start();
    base::Bytes batch = batch_of(8 << 10);
    for (std::size_t i = 0; i < kManyLogs; ++i) {
      auto log = manager->get_or_create({"topic", static_cast<std::int32_t>(i)}, {},
                                        base::Uuid::random(true));
      CHECK(log.ok()) << log.error().message;
      append(**log, batch);
    }
    manager->shutdown();
  }

  std::unique_ptr<log::LogManager> start() {
    log::LogManagerOptions options;
    options.max_open_files = 5'000;
    auto manager = std::make_unique<log::LogManager>(std::vector<std::string>{directory_.path()},
                                                     options, clock_);
    base::Status started = manager->start([](const std::string&) { return log::LogOptions(); });
    CHECK(started.ok()) << started.error().message;
    return manager;
  }

 private:
  testing::TemporaryDirectory directory_;
  const base::Clock& clock_ = base::Clock::system();
};

void open_logs(benchmark::State& state) {
  static ManyLogs logs;
  bool clean = state.range(0) != 0;
  for (auto turn : state) {
    auto manager = logs.start();
    state.PauseTiming();
    if (clean) manager->shutdown();
    manager.reset();
    state.ResumeTiming();
  }
  state.counters["goal_ns"] = clean ? 0.5e9 : 1.0e9;
}
BENCHMARK(open_logs)
    ->Name("open 10,000 logs, clean")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(1)
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace odradek::bench
