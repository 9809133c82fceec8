#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "protocol/record/batch_builder.h"
#include "server/log/log.h"
#include "server/log/log_loader.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/record_sets.h"
#include "tests/fuzz/targets.h"
#include "tests/support/temporary_directory.h"

namespace odradek::fuzz {
namespace {

// One log directory with what a Log needs around it.
class Bench {
 public:
  Bench() : files_(16), deleter_(clock_), metrics_(clock_), dir_(directory_.path()) {
    options_.index_interval_bytes = 100;
  }

  std::string log_directory() const { return directory_.file("topic-0"); }
  base::Result<std::unique_ptr<log::Log>> load(bool clean, protocol::Offset recovery_point) {
    return log::load_log(
        {"topic", 0}, dir_, context_, options_,
        {.directory = log_directory(), .clean_shutdown = clean, .recovery_point = recovery_point});
  }

 private:
  testing::TemporaryDirectory directory_;
  base::ManualClock clock_;
  log::FileCache files_;
  log::FileDeleter deleter_;
  log::LogMetrics metrics_;
  log::LogContext context_{files_, deleter_, metrics_, clock_};
  log::LogDir dir_;
  log::LogOptions options_;
};

void write(const std::string& path, base::ByteView bytes) {
  auto file = base::File::open(path, base::File::Mode::kTruncate);
  CHECK(file.ok()) << file.error().message;
  base::Status written = file->write_at(bytes, 0);
  CHECK(written.ok()) << written.error().message;
}

// Everything from the log start on, batch by batch; the number of batches. Each is what
// recovery let pass when `checked`.
int read_all(const log::Log& log, bool checked) {
  int count = 0;
  protocol::Offset offset = log.log_start_offset();
  while (offset < log.log_end_offset()) {
    auto info = log.read({.start_offset = offset, .upper_bound = log.log_end_offset()});
    if (!checked && !info) return count;
    CHECK(info.ok()) << info.error().message;
    base::Bytes bytes(static_cast<std::size_t>(info->slice.size_bytes));
    if (bytes.empty()) return count;
    CHECK(info->slice.file->read_fully_at(bytes, info->slice.position).ok());
    protocol::BatchReader reader(bytes);
    protocol::Offset before = offset;
    for (auto batch = reader.next(); batch && *batch; batch = reader.next()) {
      if (checked) CHECK((*batch)->check_crc().ok());
      if (checked) CHECK_GE((*batch)->last_offset(), offset);
      offset = std::max(offset, (*batch)->next_offset());
      ++count;
    }
    if (offset == before) return count;
  }
  return count;
}

base::Bytes small_batch() {
  protocol::BatchBuilder builder({});
  builder.append(1, base::as_bytes("key"), base::as_bytes("value"));
  return *builder.build();
}

void use(log::Log& log, bool checked) {
  CHECK_LE(log.log_start_offset(), log.log_end_offset());
  read_all(log, checked);
  for (std::int64_t time : {log::kLatestTimestamp, log::kEarliestTimestamp, log::kMaxTimestamp,
                            std::int64_t{0}, std::int64_t{1700000000000}}) {
    // Records that contradict their batch's header are an error only here: nobody reads them
    // before.
    auto found = log.offset_for_timestamp(time, log.log_end_offset());
    if (!checked || !found || !*found) continue;
    CHECK_GE((*found)->offset, log.log_start_offset());
    CHECK_LE((*found)->offset, log.log_end_offset());
  }
  log.end_offset_for_epoch(1);
  log.producers();
  log.set_high_watermark(log.log_end_offset());
  log.last_stable_offset();
}

// After a crash, every byte that is left must be one that consumers may have, and a second start
// must find what the first one left.
void recover(Bench& bench) {
  protocol::Offset end = 0;
  std::int64_t size = 0;
  int batches = 0;
  {
    auto log = bench.load(false, 0);
    CHECK(log.ok()) << log.error().message;
    use(**log, true);
    if ((*log)->log_end_offset() > std::numeric_limits<protocol::Offset>::max() - 10) return;
    base::Bytes batch = small_batch();
    auto appended = (*log)->append_as_leader(batch, {.leader_epoch = 1 << 30});
    CHECK(appended.ok()) << appended.error().message;
    end = (*log)->log_end_offset();
    CHECK_EQ(appended->last_offset + 1, end);
    size = (*log)->size_bytes();
    batches = read_all(**log, true);
    CHECK((*log)->close().ok());
  }
  for (bool clean : {true, false}) {
    auto again = bench.load(clean, 0);
    CHECK(again.ok()) << again.error().message;
    CHECK_EQ((*again)->log_end_offset(), end) << (clean ? "clean" : "unclean");
    CHECK_EQ((*again)->size_bytes(), size) << (clean ? "clean" : "unclean");
    CHECK_EQ(read_all(**again, true), batches);
    CHECK((*again)->close().ok());
  }
}

// A stop that says it was clean is believed: nothing is checked, and nothing may break.
void open_clean(Bench& bench) {
  auto log = bench.load(true, 0);
  if (log) use(**log, false);
}

void run(base::ByteView input) {
  Choices choices(input);
  bool clean = choices.flag();
  base::ByteView rest = choices.rest();
  auto take = [&](std::size_t size) {
    base::ByteView taken = rest.first(std::min(size, rest.size()));
    rest = rest.subspan(taken.size());
    return taken;
  };
  base::ByteView sizes = take(3);
  Bench bench;
  std::filesystem::create_directory(bench.log_directory());
  std::string start = bench.log_directory() + "/00000000000000000000";
  auto size_of = [&](std::size_t i) { return i < sizes.size() ? std::size_t{sizes[i]} : 0; };
  write(start + ".index", take(size_of(0)));
  write(start + ".timeindex", take(size_of(1)));
  base::ByteView epochs = take(size_of(2));
  if (!epochs.empty()) write(bench.log_directory() + "/leader-epoch-checkpoint", epochs);
  Choices records(rest);
  base::Bytes set = record_set(records);
  if (!expands_to_little(set)) return;
  write(start + ".log", set);
  if (clean) return open_clean(bench);
  recover(bench);
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  std::uint8_t clean = 0;
  for (const base::Bytes& set : record_set_seeds(random)) {
    base::Bytes bytes{clean, 8, 12, 8};
    bytes.insert(bytes.end(), {0, 0, 0, 2, 0, 0, 0, 0});
    bytes.insert(bytes.end(), {0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0, 0, 0, 0, 2});
    base::ByteView epochs = base::as_bytes("0\n1\n0 0\n");
    bytes.insert(bytes.end(), epochs.begin(), epochs.end());
    bytes.insert(bytes.end(), set.begin(), set.end());
    seeds.push_back(std::move(bytes));
    clean ^= 1;
  }
  return seeds;
}

}  // namespace

const Target logs_target{"logs", run, seeds, 4};

}  // namespace odradek::fuzz
