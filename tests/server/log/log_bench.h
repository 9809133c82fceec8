// LogBench: one log directory with what a Log needs around it, and batches to put into it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/batch_builder.h"
#include "server/log/log.h"
#include "server/log/log_context.h"
#include "server/log/log_loader.h"
#include "tests/support/temporary_directory.h"

namespace odradek::log {

struct BatchSpec {
  int records = 1;
  std::size_t value_bytes = 100;
  std::int64_t timestamp_ms = 1'700'000'000'000;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  bool transactional = false;
  protocol::Offset base_offset = 0;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::uint8_t fill = 'x';
  protocol::CompressionType codec = protocol::CompressionType::kNone;
};

inline base::Bytes make_batch(const BatchSpec& spec = {}) {
  protocol::BatchOptions options;
  options.base_offset = spec.base_offset;
  options.producer_id = spec.producer_id;
  options.producer_epoch = spec.producer_epoch;
  options.base_sequence = spec.base_sequence;
  options.transactional = spec.transactional;
  options.partition_leader_epoch = spec.leader_epoch;
  options.codec = spec.codec;
  protocol::BatchBuilder builder(options);
  base::Bytes value(spec.value_bytes, spec.fill);
  for (int i = 0; i < spec.records; ++i) {
    builder.append(spec.timestamp_ms + i, base::as_bytes("key"), value);
  }
  auto built = builder.build();
  CHECK(built.ok()) << built.error().message;
  return *built;
}

class LogBench {
 public:
  explicit LogBench(std::size_t max_open_files = 64,
                    const std::filesystem::path& parent = std::filesystem::temp_directory_path())
      : directory(parent),
        files(max_open_files),
        deleter(clock),
        metrics(clock),
        context{files, deleter, metrics, clock},
        dir(directory.path()) {}

  std::string log_directory() const { return directory.file("topic-0"); }

  std::unique_ptr<Log> load(LoadSpec spec = {}) {
    spec.directory = log_directory();
    auto loaded = load_log({"topic", 0}, dir, context, options, spec);
    CHECK(loaded.ok()) << loaded.error().message;
    return std::move(*loaded);
  }
  std::unique_ptr<Log> load_clean() { return load({.clean_shutdown = true}); }

  testing::TemporaryDirectory directory;
  base::ManualClock clock;
  FileCache files;
  FileDeleter deleter;
  LogMetrics metrics;
  LogContext context;
  LogDir dir;
  LogOptions options;
};

inline AppendInfo append(Log& log, base::Bytes batch, protocol::LeaderEpoch epoch = 0) {
  auto info = log.append_as_leader(batch, {.leader_epoch = epoch});
  CHECK(info.ok()) << info.error().message;
  return *info;
}

inline protocol::ErrorCode refused(Log& log, base::Bytes batch) {
  auto info = log.append_as_leader(batch, {.leader_epoch = 0});
  return info.ok() ? protocol::ErrorCode::kNone : protocol::code_of(info.error());
}

inline base::Bytes bytes_of(const protocol::FileSlice& slice) {
  base::Bytes bytes(static_cast<std::size_t>(slice.size_bytes));
  if (bytes.empty()) return bytes;
  base::Status read = slice.file->read_fully_at(bytes, slice.position);
  CHECK(read.ok()) << read.error().message;
  return bytes;
}

// The whole batches from `start` to the log end, by as many reads as it takes.
inline std::vector<base::Bytes> read_all(const Log& log, protocol::Offset start,
                                         std::int32_t max_bytes = 1 << 20) {
  std::vector<base::Bytes> batches;
  protocol::Offset offset = start;
  while (offset < log.log_end_offset()) {
    auto info = log.read(
        {.start_offset = offset, .max_bytes = max_bytes, .upper_bound = log.log_end_offset()});
    CHECK(info.ok()) << info.error().message;
    base::Bytes bytes = bytes_of(info->slice);
    protocol::BatchReader reader(bytes);
    protocol::Offset before = offset;
    for (;;) {
      auto batch = reader.next();
      CHECK(batch.ok()) << batch.error().message;
      if (!batch->has_value()) break;
      CHECK((*batch)->check_crc().ok());
      base::ByteView whole = (*batch)->bytes();
      batches.emplace_back(whole.begin(), whole.end());
      offset = (*batch)->next_offset();
    }
    if (offset == before) break;
  }
  return batches;
}

}  // namespace odradek::log
