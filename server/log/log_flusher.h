// LogFlusher: how far a log is known to be on disk, and what brings it further.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/types.h"
#include "server/log/log_context.h"
#include "server/log/segment_list.h"

namespace odradek::log {

// What to sync, taken under the log's lock; then synced without it.
struct FlushPlan {
  std::vector<SegmentPtr> segments;
  protocol::Offset end_offset = 0;  // on disk once all segments are
  std::int64_t generation = 0;
};

// Hands over what a sync of the whole file system is to bring to the disk.
base::Status write_pending(const FlushPlan& plan);

// Told once, without any lock of the log held: success when everything below the offset is on disk,
// KAFKA_STORAGE_ERROR when that failed, NOT_LEADER_OR_FOLLOWER when the records were cut off
// before.
using DurableCallback = std::function<void(const base::Status&)>;

struct AwaitedOffset {
  protocol::Offset offset = 0;
  DurableCallback tell;
};

// Safe from any thread.
class LogFlusher {
 public:
  LogFlusher(const LogContext& context, protocol::Offset recovery_point)
      : context_(context),
        recovery_point_(recovery_point),
        last_flush_ms_(context.clock.monotonic_ms()) {}

  // Everything below this is on disk.
  protocol::Offset recovery_point() const { return recovery_point_.load(); }
  std::int64_t last_flush_ms() const { return last_flush_ms_.load(); }  // monotonic
  std::int64_t generation() const EXCLUDES(mutex_);

  // Syncs and advances the recovery point, unless the log was cut meanwhile.
  base::Status run(const FlushPlan& plan) EXCLUDES(mutex_);
  // Returns once everything below `offset` is on disk. Those who come while another syncs share the
  // next sync, of what `plan` says then: many appends, one fdatasync. After a sync that failed none
  // is tried: the kernel may have dropped what it could not write.
  base::Status flush_to(protocol::Offset offset,
                        const std::function<base::Result<FlushPlan>()>& plan)
      EXCLUDES(mutex_, turn_mutex_);
  void advance_to(protocol::Offset offset, std::int64_t generation) EXCLUDES(mutex_);
  // False when all is on disk already and nothing was noted.
  bool await(protocol::Offset offset, DurableCallback& tell) EXCLUDES(mutex_);
  std::vector<AwaitedOffset> take_awaited() EXCLUDES(mutex_);
  // The log was cut: what comes above `offset` now is not on disk.
  void cut_at(protocol::Offset offset) EXCLUDES(mutex_);

 private:
  const LogContext& context_;
  mutable base::Mutex mutex_;
  std::int64_t generation_ GUARDED_BY(mutex_) = 0;
  std::vector<AwaitedOffset> awaited_ GUARDED_BY(mutex_);
  std::atomic<protocol::Offset> recovery_point_;
  std::atomic<std::int64_t> last_flush_ms_;

  base::Mutex turn_mutex_;
  base::CondVar turn_;
  bool syncing_ GUARDED_BY(turn_mutex_) = false;
  std::optional<base::Error> failure_ GUARDED_BY(turn_mutex_);
};

}  // namespace odradek::log
