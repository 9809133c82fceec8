// Segment recovery: what of a segment's bytes is whole and undamaged, and its indexes again.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/epoch_cache.h"
#include "server/log/log_options.h"
#include "server/log/segment.h"

namespace odradek::log {

struct RecoveredSegment {
  protocol::Offset next_offset = 0;
  std::int64_t size_bytes = 0;       // up to here the batches are valid
  std::int64_t truncated_bytes = 0;  // what was cut off behind
  // None was believed: made again from the start on, but for that of aborted transactions.
  bool indexes_emptied = false;
};

// Checks every batch from `recovery_point` on (from the start when the indexes cannot say where
// that is), cuts the file at the first that is torn, damaged or out of order, and indexes the rest.
// Leader epochs met are noted in `epochs`, which the caller writes.
base::Result<RecoveredSegment> recover_segment(Segment& segment, protocol::Offset recovery_point,
                                               const LogOptions& options, EpochCache& epochs);

// Notes the leader epochs of all batches of an intact segment by their headers.
base::Status collect_epochs(Segment& segment, EpochCache& epochs);

}  // namespace odradek::log
