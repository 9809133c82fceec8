// What a read of a log answers: ranges of files, not bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/types.h"
#include "protocol/wire/records.h"
#include "server/log/log_end.h"
#include "server/log/transaction_index.h"

namespace odradek::log {

struct ReadInfo {
  // Begins with the batch that holds the first offset asked for; may end inside a batch, as
  // upstream, but holds the first one whole when that was asked for. Empty (size 0, no file) at the
  // end.
  protocol::FileSlice slice;
  // Where the slice begins, under the offset asked for, which its first batch may hold further in.
  OffsetMetadata first;
  protocol::Offset log_start_offset = 0;
  protocol::Offset log_end_offset = 0;
  protocol::Offset high_watermark = 0;
  bool first_batch_incomplete = false;  // max_bytes cut it and it was not asked for whole
  // Of the transactions that reach into the slice, in the order of their markers; only when asked.
  std::vector<AbortedTransaction> aborted;
};

// ListOffsets' special timestamps.
inline constexpr std::int64_t kLatestTimestamp = -1;
inline constexpr std::int64_t kEarliestTimestamp = -2;
inline constexpr std::int64_t kMaxTimestamp = -3;
inline constexpr std::int64_t kEarliestLocalTimestamp = -4;
inline constexpr std::int64_t kLatestTieredTimestamp = -5;  // there is no tiered storage here

struct FoundOffset {
  std::int64_t timestamp_ms = protocol::kNoTimestamp;
  protocol::Offset offset = -1;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
};

}  // namespace odradek::log
