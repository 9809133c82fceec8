#include "server/log/recent_positions.h"

namespace odradek::log {

void RecentPositions::add(const BatchPlace& place) {
  base::MutexLock lock(mutex_);
  if (!ring_) ring_ = std::make_unique<Ring>();
  ring_->places[ring_->next] = place;
  ring_->next = (ring_->next + 1) % kPlaces;
  if (ring_->size < kPlaces) ++ring_->size;
}

std::optional<BatchPlace> RecentPositions::find(protocol::Offset offset) const {
  base::MutexLock lock(mutex_);
  if (!ring_) return std::nullopt;
  for (std::size_t back = 1; back <= ring_->size; ++back) {
    const BatchPlace& place = ring_->places[(ring_->next + kPlaces - back) % kPlaces];
    if (place.start.offset == offset) return place;
    if (place.start.offset < offset) break;  // older ones are lower still
  }
  return std::nullopt;
}

void RecentPositions::clear() {
  base::MutexLock lock(mutex_);
  ring_.reset();
}

}  // namespace odradek::log
