#include "server/purgatory/timing_wheel.h"

#include <algorithm>
#include <limits>

#include "base/log.h"

namespace odradek::purgatory {

void TimingWheel::link(WheelEntry& head, WheelEntry& entry) {
  if (head.next_ == nullptr) head.next_ = head.previous_ = &head;
  entry.previous_ = head.previous_;
  entry.next_ = &head;
  head.previous_->next_ = &entry;
  head.previous_ = &entry;
}

void TimingWheel::unlink(WheelEntry& entry) {
  entry.previous_->next_ = entry.next_;
  entry.next_->previous_ = entry.previous_;
  entry.previous_ = entry.next_ = nullptr;
}

void TimingWheel::take_all(WheelEntry& head, std::vector<WheelEntry*>& out) {
  while (!is_empty(head)) {
    WheelEntry* entry = head.next_;
    unlink(*entry);
    out.push_back(entry);
  }
}

TimingWheel::TimingWheel(std::int64_t now_ms) : now_ms_(now_ms) {
  std::int64_t width_ms = kTickMs;
  for (Level& level : levels_) {
    level.width_ms = width_ms;
    width_ms *= static_cast<std::int64_t>(kBuckets);
  }
}

void TimingWheel::add(WheelEntry& entry, std::int64_t deadline_ms) {
  DCHECK(!entry.is_linked());
  // Farther than the top wheel reaches is as good as never.
  const std::int64_t reach_ms = levels_.back().width_ms * (static_cast<std::int64_t>(kBuckets) - 1);
  entry.deadline_ms_ = std::min(deadline_ms, now_ms_ + reach_ms);
  place(entry);
  ++size_;
}

void TimingWheel::place(WheelEntry& entry) {
  if (entry.deadline_ms_ <= now_ms_) {
    entry.level_ = -1;
    link(due_, entry);
    return;
  }
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    const std::int64_t current_ms = now_ms_ - now_ms_ % level.width_ms;
    if (entry.deadline_ms_ >= current_ms + level.width_ms * std::int64_t{kBuckets}) continue;
    const std::int64_t start_ms = entry.deadline_ms_ - entry.deadline_ms_ % level.width_ms;
    Bucket& bucket = level.buckets[static_cast<std::size_t>(start_ms / level.width_ms) % kBuckets];
    DCHECK(is_empty(bucket.head) || bucket.start_ms == start_ms);
    bucket.start_ms = start_ms;
    entry.level_ = static_cast<std::int32_t>(i);
    link(bucket.head, entry);
    ++level.count;
    return;
  }
  LOG(FATAL) << "A deadline of " << entry.deadline_ms_ << " ms is beyond the timing wheel at "
             << now_ms_ << " ms.";
}

void TimingWheel::remove(WheelEntry& entry) {
  CHECK(entry.is_linked());
  unlink(entry);
  if (entry.level_ >= 0) --levels_[static_cast<std::size_t>(entry.level_)].count;
  --size_;
}

std::int64_t TimingWheel::next_wake_ms() const {
  if (!is_empty(due_)) return now_ms_;
  std::int64_t earliest_ms = std::numeric_limits<std::int64_t>::max();
  for (const Level& level : levels_) {
    if (level.count == 0) continue;
    for (const Bucket& bucket : level.buckets) {
      if (!is_empty(bucket.head)) earliest_ms = std::min(earliest_ms, bucket.start_ms);
    }
  }
  return earliest_ms;
}

// Coarse buckets whose time has begun give their entries to finer wheels or, when due, out.
void TimingWheel::sink_started_buckets() {
  for (std::size_t i = levels_.size(); i-- > 0;) {
    Level& level = levels_[i];
    if (level.count == 0) continue;
    std::vector<WheelEntry*> sinking;
    for (Bucket& bucket : level.buckets) {
      if (!is_empty(bucket.head) && bucket.start_ms <= now_ms_) take_all(bucket.head, sinking);
    }
    level.count -= sinking.size();
    for (WheelEntry* entry : sinking) place(*entry);
  }
}

std::vector<WheelEntry*> TimingWheel::advance_to(std::int64_t now_ms) {
  std::vector<WheelEntry*> out;
  // From bucket to bucket rather than from tick to tick: an idle hour costs nothing.
  for (std::int64_t wake_ms = next_wake_ms(); wake_ms <= now_ms; wake_ms = next_wake_ms()) {
    now_ms_ = std::max(now_ms_, wake_ms);
    sink_started_buckets();
    take_all(due_, out);
  }
  now_ms_ = std::max(now_ms_, now_ms);
  size_ -= out.size();
  return out;
}

std::vector<WheelEntry*> TimingWheel::drain() {
  std::vector<WheelEntry*> out;
  take_all(due_, out);
  for (Level& level : levels_) {
    for (Bucket& bucket : level.buckets) take_all(bucket.head, out);
    level.count = 0;
  }
  size_ = 0;
  return out;
}

}  // namespace odradek::purgatory
