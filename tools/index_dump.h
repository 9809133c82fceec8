// IndexDump: offset indexes, time indexes, transaction indexes and producer snapshots as lines of
// text, checked against the log they belong to.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tools/segment_reader.h"

namespace odradek::tools {

struct IndexDumpOptions {
  bool sanity_only = false;
  bool verify_only = false;
  std::int32_t max_message_size = 5 * 1024 * 1024;  // of what an offset index points to
};

using NumberPairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

// What does not fit the log, by file.
struct IndexMismatches {
  std::map<std::string, NumberPairs> offsets;            // (index, log)
  std::map<std::string, NumberPairs> timestamps;         // (index, log)
  std::map<std::string, NumberPairs> timestamp_order;    // (index, the one before)
  std::map<std::string, NumberPairs> offsets_not_found;  // (index, log)
};

class IndexDump {
 public:
  IndexDump(IndexDumpOptions options, std::FILE* out) : options_(options), out_(out) {}

  base::Status dump_offset_index(const std::string& path);
  base::Status dump_time_index(const std::string& path);
  base::Status dump_transaction_index(const std::string& path);
  base::Status dump_producer_snapshot(const std::string& path);

  const IndexMismatches& mismatches() const { return mismatches_; }

 private:
  struct TimeEntry {
    std::int64_t timestamp = 0;
    std::int64_t offset = 0;
  };

  // `log` stands where the entry's batch may begin.
  base::Status check_time_entry(const std::string& path, const TimeEntry& entry,
                                std::int64_t previous_timestamp, SegmentReader& log);
  void print(std::string line) const;

  IndexDumpOptions options_;
  std::FILE* out_;
  IndexMismatches mismatches_;
};

}  // namespace odradek::tools
