// SegmentStore: the files of one log - appending to the last segment, rolling, cutting, finding.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/types.h"
#include "protocol/wire/records.h"
#include "server/log/batch_header.h"
#include "server/log/compaction_progress.h"
#include "server/log/log_context.h"
#include "server/log/log_end.h"
#include "server/log/log_options.h"
#include "server/log/recent_positions.h"
#include "server/log/retention.h"
#include "server/log/segment_list.h"

namespace odradek::log {

// Knows offsets and positions, nothing of producers, epochs or policies. Changes come from one
// thread at a time (the log's lock); what is const is safe from any thread. Errors as CachedFile's.
class SegmentStore {
 public:
  SegmentStore(const LogContext& context, std::string directory, std::vector<SegmentPtr> segments,
               protocol::Offset end_offset);

  const SegmentList& segments() const { return segments_; }
  OffsetMetadata end() const { return end_.load(); }
  protocol::Offset end_offset() const { return end_.offset(); }
  const std::string& directory() const { return directory_; }
  CompactionProgress& compaction() { return compaction_; }
  const CompactionProgress& compaction() const { return compaction_; }

  // `headers` are those of `parts`; their offsets are at or above the end.
  base::Status append(std::span<const base::ByteView> parts, std::span<const BatchHeader> headers,
                      const LogOptions& options);
  // Whether an append of so many batches to the last segment may share its write with others: not
  // where it would decide on their segment's end.
  base::Result<bool> may_share_write(std::size_t batches, const LogOptions& options) const;
  base::Result<bool> needs_roll(std::size_t append_bytes, std::span<const BatchHeader> headers,
                                const LogOptions& options) const;
  // Begins a segment at `offset`, at or above the end of the log, which is the end then. An empty
  // last one is replaced; nothing happens when it begins there.
  base::Status roll(protocol::Offset offset);
  // Drops everything from `offset` on, which is at or above the first base offset; the new end.
  base::Result<protocol::Offset> truncate_to(protocol::Offset offset);
  // Drops everything; the log goes on, empty, at `offset`.
  base::Status restart_at(protocol::Offset offset);
  // Renames the files and leaves their removal to the deleter.
  base::Status remove_first(std::size_t count, std::int64_t delay_ms);
  // Puts `cleaned`, whose files end in ".cleaned", in the place of `sources`, which are neighbours
  // and none of them the last segment; what a crash leaves of it is one or the other.
  base::Status replace(const std::vector<SegmentPtr>& sources, const SegmentPtr& cleaned,
                       std::int64_t delete_delay_ms);
  void directory_moved(const std::string& directory);

  // What retention goes by, of each segment; times, which may have to be read from disk, up to
  // that of the first segment that they let stay.
  base::Result<std::vector<SegmentFacts>> facts(const LogOptions& options,
                                                std::int64_t now_ms) const;
  // Where the batch with `target` starts below `end_position` of `segment`.
  base::Result<std::optional<BatchPlace>> locate(Segment& segment, protocol::Offset target,
                                                 std::int64_t end_position) const;
  // The same for a reader, who asks for no more than where the batch lies.
  base::Result<std::optional<Segment::Extent>> extent(Segment& segment, protocol::Offset target,
                                                      std::int64_t end_position) const;
  // The position in `segment` that no batch at or above `bound` reaches past.
  base::Result<std::int64_t> position_below(Segment& segment, protocol::Offset bound,
                                            const OffsetMetadata& end) const;
  // The batch that holds `offset`, or the end.
  base::Result<std::optional<OffsetMetadata>> find(protocol::Offset offset) const;

 private:
  base::Status start_segment(protocol::Offset base_offset);
  void publish_end(protocol::Offset offset);

  const LogContext& context_;
  std::string directory_;
  SegmentList segments_;
  RecentPositions recent_;
  CompactionProgress compaction_;
  LogEnd end_;
};

}  // namespace odradek::log
