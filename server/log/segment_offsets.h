// Segment offsets: the answer of the first ListOffsets, which knew of segments and not of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/log.h"

namespace odradek::log {

// Where the segments begin that were last written at or before `timestamp_ms`, newest first, at
// most `max_count`; the log end counts as the newest, written now. kLatestTimestamp begins with the
// log end, kEarliestTimestamp with the first segment. KAFKA_STORAGE_ERROR when the file system does
// not tell a segment's time; the directory stays online.
base::Result<std::vector<protocol::Offset>> segment_offsets_before(const Log& log,
                                                                   std::int64_t timestamp_ms,
                                                                   std::size_t max_count,
                                                                   std::int64_t now_ms);

// What a consumer may see of them: the high watermark in place of all that is above it.
std::vector<protocol::Offset> visible_offsets(std::vector<protocol::Offset> newest_first,
                                              protocol::Offset high_watermark);

}  // namespace odradek::log
