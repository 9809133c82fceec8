// Compaction: one cleaning of one log, which keeps the last record of each key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/types.h"
#include "server/log/batch_header.h"
#include "server/log/cleaner/batch_filter.h"
#include "server/log/cleaner/cleanable_range.h"
#include "server/log/cleaner/offset_map.h"
#include "server/log/log.h"
#include "server/log/log_context.h"

namespace odradek::log {

// What a cleaner thread lends to one compaction after the other.
struct CompactionMemory {
  OffsetMap& offsets;
  std::size_t io_buffer_bytes = 256 << 10;
};

enum class CompactionEnd : std::uint8_t {
  kDone,
  kAborted,  // asked to, or the log was truncated, shortened, closed or went offline meanwhile
  kBroken,   // the log holds what cannot be compacted
  kFailed,   // the directory cannot be read or written
};

struct CompactionReport {
  CompactionEnd end = CompactionEnd::kDone;
  std::string reason;  // unless done
  protocol::Offset cleaned_to = 0;
  FilterCounts records;
  std::int64_t mapped_bytes = 0;  // read to learn the keys
  std::int64_t read_bytes = 0;
  std::int64_t written_bytes = 0;
  std::int64_t elapsed_ms = 0;
  double map_utilization = 0;
};

// Runs once, in one thread; appends, reads and retention go on meanwhile.
class Compaction {
 public:
  // Asked with the bytes about to be read or written; may rest. False ends the compaction.
  using Pace = std::function<bool(std::int64_t bytes)>;

  // `cuts`: log.compaction().cuts() before `range` was found.
  Compaction(Log& log, const CleanableRange& range, std::uint64_t cuts, const LogContext& context,
             Pace pace);

  CompactionReport run(const CompactionMemory& memory);

 private:
  // The segments [first, end) of the log that this compaction works on, with their ends.
  struct Source {
    SegmentPtr segment;
    protocol::Offset end_offset = 0;
  };
  std::vector<Source> sources(protocol::Offset from, protocol::Offset to) const;
  base::Result<std::vector<AbortedTransaction>> aborted(protocol::Offset from,
                                                        protocol::Offset to) const;
  base::Status pace(std::int64_t bytes);

  // Puts the keys from the first dirty offset on into the map, as many as fit.
  base::Status map_keys();
  base::Result<bool> map_segment(Segment& segment, TransactionWalk& transactions);
  base::Result<bool> map_batch(const protocol::BatchView& batch, TransactionWalk& transactions);

  base::Status clean();
  base::Status clean_group(const std::vector<SegmentPtr>& group, BatchFilter& filter);
  base::Status fill(const std::vector<SegmentPtr>& group, Segment& cleaned, BatchFilter& filter);
  base::Status copy(Segment& source, Segment& cleaned, BatchFilter& filter);
  base::Status append(Segment& cleaned);
  void conclude(const base::Status& status);

  Log& log_;
  const CleanableRange range_;
  const std::uint64_t cuts_;
  const LogContext& context_;
  const Pace pace_;
  const std::shared_ptr<const LogOptions> options_;
  const std::int64_t now_ms_;
  OffsetMap* offsets_ = nullptr;
  bool stopped_ = false;
  std::int64_t old_tombstones_until_ms_ = 0;  // older segments lose those of magic 0 and 1
  base::Bytes input_;
  base::Bytes output_;
  std::vector<BatchHeader> headers_;  // of output_
  CompactionReport report_;
};

}  // namespace odradek::log
