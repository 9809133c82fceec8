// CleanerMetrics: what the cleaner threads measure of themselves, by upstream's names.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "base/snapshot.h"

namespace odradek::log {

struct UncleanableLogs {
  std::int64_t partitions = 0;  // uncleanable-partitions-count
  std::int64_t bytes = 0;       // uncleanable-bytes
};

// kafka.log:type=LogCleaner and (time-since-last-run-ms, max-dirty-percent and the last two, whose
// tag is logDirectory) type=LogCleanerManager. Written by the cleaner, read from any thread.
struct CleanerMetrics {
  std::atomic<std::int32_t> cleaner_recopy_percent{0};  // of the last compaction of each thread
  std::atomic<std::int32_t> max_buffer_utilization_percent{0};
  std::atomic<std::int32_t> max_clean_time_secs{0};
  std::atomic<std::int32_t> max_compaction_delay_secs{0};
  std::atomic<std::int32_t> dead_thread_count{0};  // DeadThreadCount
  std::atomic<std::int32_t> max_dirty_percent{0};
  std::atomic<std::int64_t> last_run_ms{0};  // wall clock; time-since-last-run-ms counts from it
  base::Snapshot<std::map<std::string, UncleanableLogs>> uncleanable;  // by log directory
};

}  // namespace odradek::log
