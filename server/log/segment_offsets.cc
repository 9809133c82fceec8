#include "server/log/segment_offsets.h"

#include <algorithm>

#include "protocol/errors.h"
#include "server/log/read_info.h"

namespace odradek::log {

base::Result<std::vector<protocol::Offset>> segment_offsets_before(const Log& log,
                                                                   std::int64_t timestamp_ms,
                                                                   std::size_t max_count,
                                                                   std::int64_t now_ms) {
  std::vector<SegmentPtr> segments = log.segments().all();
  std::vector<protocol::Offset> offsets;
  for (std::size_t i = segments.size(); i-- > 0;) {
    bool newest = i + 1 == segments.size();
    if (newest && segments[i]->size_bytes() > 0 &&
        (timestamp_ms == kLatestTimestamp || timestamp_ms >= now_ms)) {
      offsets.push_back(log.log_end_offset());
    }
    bool wanted = timestamp_ms == kLatestTimestamp || !offsets.empty() ||
                  (timestamp_ms == kEarliestTimestamp && i == 0);
    if (!wanted && timestamp_ms >= 0) {
      auto modified_ms = segments[i]->modified_ms();
      if (!modified_ms) {
        return base::Error(protocol::ErrorCode::kKafkaStorageError, modified_ms.error().message);
      }
      wanted = *modified_ms <= timestamp_ms;
    }
    if (wanted) offsets.push_back(std::max(segments[i]->base_offset(), log.log_start_offset()));
  }
  if (offsets.size() > max_count) offsets.resize(max_count);
  std::sort(offsets.rbegin(), offsets.rend());
  return offsets;
}

std::vector<protocol::Offset> visible_offsets(std::vector<protocol::Offset> newest_first,
                                              protocol::Offset high_watermark) {
  auto visible = std::find_if(newest_first.begin(), newest_first.end(),
                              [&](protocol::Offset offset) { return offset <= high_watermark; });
  if (visible == newest_first.begin()) return newest_first;
  newest_first.erase(newest_first.begin(), visible);
  newest_first.insert(newest_first.begin(), high_watermark);
  return newest_first;
}

}  // namespace odradek::log
