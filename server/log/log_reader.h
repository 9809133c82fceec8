// LogReader: turns offsets and times into ranges of a log's files.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/read_info.h"
#include "server/log/segment_store.h"

namespace odradek::log {

struct ReadSpec {
  protocol::Offset start_offset = 0;
  std::int32_t max_bytes = 1 << 20;
  // Nothing at or above this offset is returned (high watermark, last stable offset, or log end).
  protocol::Offset upper_bound = 0;
  // The first batch is returned whole even when larger than max_bytes.
  bool min_one_message = true;
  // For read_committed: also the aborted transactions, whose records the reader is to leave out.
  bool collect_aborted = false;
};

// Stateless; safe from any thread, beside appends, rolls and deletions. Looks only at headers.
class LogReader {
 public:
  explicit LogReader(const SegmentStore& store) : store_(store) {}

  // Start and bound are within the log; fills slice, first, first_batch_incomplete, aborted.
  base::Status read(const ReadSpec& spec, ReadInfo& info) const;
  // The first record from `log_start` on whose timestamp is at least `timestamp_ms`, below
  // `upper_bound`.
  base::Result<std::optional<TimestampOffset>> first_at_or_after(
      std::int64_t timestamp_ms, protocol::Offset log_start, protocol::Offset upper_bound) const;
  // The first record with the largest timestamp.
  base::Result<std::optional<TimestampOffset>> latest_timestamp(protocol::Offset log_start,
                                                                protocol::Offset upper_bound) const;

 private:
  base::Status fill(const ReadSpec& spec, Segment& segment, const Segment::Extent& first,
                    std::int64_t end_position, ReadInfo& info) const;
  base::Status collect_aborted(const ReadSpec& spec, SegmentPtr segment, ReadInfo& info) const;
  base::Result<std::optional<TimestampOffset>> search_segment(Segment& segment,
                                                              std::int64_t timestamp_ms,
                                                              protocol::Offset log_start,
                                                              protocol::Offset upper_bound) const;

  const SegmentStore& store_;
};

}  // namespace odradek::log
