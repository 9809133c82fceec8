// LogDump: the batches and records of a .log file as lines of text.
#pragma once

#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"
#include "tools/record_decoder.h"

namespace odradek::tools {

struct LogDumpOptions {
  bool deep = false;           // records too
  bool print_content = false;  // keys and values too
  bool skip_record_metadata = false;
  std::int32_t max_bytes = std::numeric_limits<std::int32_t>::max();
  RecordDecoder decoder;
  std::vector<std::string> notices;  // said once for each file
};

// Where offsets jump: (one, the next) by file.
using OffsetGaps = std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>>;

class LogDump {
 public:
  LogDump(LogDumpOptions options, std::FILE* out) : options_(std::move(options)), out_(out) {}

  // Prints the file; an error where it cannot be read on.
  base::Status dump(const std::string& path);

  const OffsetGaps& gaps() const { return gaps_; }

 private:
  base::Status dump_records(const protocol::BatchView& batch, const std::string& path);
  base::Status dump_legacy(const protocol::BatchView& batch, const std::string& path);
  void check_offset(std::int64_t offset, const std::string& path);
  void print(std::string line) const;
  // Completes a record's line by what it holds.
  void append_content(const protocol::Record& record, const std::string& separator,
                      std::string& line) const;

  LogDumpOptions options_;
  std::FILE* out_;
  std::int64_t last_offset_ = -1;
  OffsetGaps gaps_;
};

// One batch as dump-log prints it; `position` is where it begins in its file.
std::string format_batch(const protocol::BatchView& batch, std::int64_t position);

}  // namespace odradek::tools
