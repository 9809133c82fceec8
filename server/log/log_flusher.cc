#include "server/log/log_flusher.h"

#include <algorithm>
#include <utility>

namespace odradek::log {

base::Status write_pending(const FlushPlan& plan) {
  for (const SegmentPtr& segment : plan.segments) {
    base::Status written = segment->write_pending_index_entries();
    if (!written.ok() && !segment->gone()) return written;
  }
  return {};
}

std::int64_t LogFlusher::generation() const {
  base::MutexLock lock(mutex_);
  return generation_;
}

base::Status LogFlusher::run(const FlushPlan& plan) {
  std::int64_t began_ns = context_.clock.monotonic_ns();
  SegmentPtr newest;  // of those whose names the directory may not have on disk
  for (const SegmentPtr& segment : plan.segments) {
    base::Status synced = segment->flush();
    if (!synced.ok()) return synced;
    if (segment->base_offset() >= recovery_point()) newest = segment;
  }
  if (newest) {
    base::Status synced = context_.files.sync_directory_of(newest->log_file());
    if (!synced.ok() && !newest->gone()) return synced;
  }
  context_.metrics.flush_rate.mark();
  context_.metrics.flush_time.record((context_.clock.monotonic_ns() - began_ns) / 1000);
  advance_to(plan.end_offset, plan.generation);
  return {};
}

base::Status LogFlusher::flush_to(protocol::Offset offset,
                                  const std::function<base::Result<FlushPlan>()>& plan) {
  {
    base::MutexLock lock(turn_mutex_);
    while (syncing_ && recovery_point() < offset) turn_.wait(turn_mutex_);
    if (failure_) return *failure_;
    if (recovery_point() >= offset) return {};
    syncing_ = true;
  }
  auto planned = plan();
  base::Status done = planned.ok() ? run(*planned) : base::Status(planned.error());
  base::MutexLock lock(turn_mutex_);
  syncing_ = false;
  turn_.notify_all();
  // With a code it is no fault of the disk.
  if (!done.ok() && done.error().code == -1) failure_ = done.error();
  return done;
}

void LogFlusher::advance_to(protocol::Offset offset, std::int64_t generation) {
  base::MutexLock lock(mutex_);
  last_flush_ms_.store(context_.clock.monotonic_ms());
  if (generation != generation_) return;
  recovery_point_.store(std::max(recovery_point_.load(), offset));
}

bool LogFlusher::await(protocol::Offset offset, DurableCallback& tell) {
  base::MutexLock lock(mutex_);
  if (recovery_point_.load() >= offset) return false;
  awaited_.push_back({offset, std::move(tell)});
  return true;
}

std::vector<AwaitedOffset> LogFlusher::take_awaited() {
  base::MutexLock lock(mutex_);
  return std::exchange(awaited_, {});
}

void LogFlusher::cut_at(protocol::Offset offset) {
  base::MutexLock lock(mutex_);
  ++generation_;
  recovery_point_.store(std::min(recovery_point_.load(), offset));
}

}  // namespace odradek::log
