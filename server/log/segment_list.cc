#include "server/log/segment_list.h"

#include <algorithm>
#include <utility>

namespace odradek::log {

namespace {

// The first place whose base offset is above `offset`.
template <class List>
auto above(List& segments, protocol::Offset offset) {
  return std::upper_bound(segments.begin(), segments.end(), offset,
                          [](protocol::Offset wanted, const SegmentPtr& segment) {
                            return wanted < segment->base_offset();
                          });
}

}  // namespace

bool SegmentList::empty() const {
  base::ReadLock lock(mutex_);
  return segments_.empty();
}

std::size_t SegmentList::size() const {
  base::ReadLock lock(mutex_);
  return segments_.size();
}

SegmentPtr SegmentList::first() const {
  base::ReadLock lock(mutex_);
  return segments_.empty() ? nullptr : segments_.front();
}

SegmentPtr SegmentList::last() const {
  base::ReadLock lock(mutex_);
  return segments_.empty() ? nullptr : segments_.back();
}

SegmentPtr SegmentList::floor(protocol::Offset offset) const {
  base::ReadLock lock(mutex_);
  auto next = above(segments_, offset);
  return next == segments_.begin() ? nullptr : *std::prev(next);
}

SegmentPtr SegmentList::higher(protocol::Offset offset) const {
  base::ReadLock lock(mutex_);
  auto next = above(segments_, offset);
  return next == segments_.end() ? nullptr : *next;
}

std::vector<SegmentPtr> SegmentList::all() const {
  base::ReadLock lock(mutex_);
  return segments_;
}

std::vector<SegmentPtr> SegmentList::from(protocol::Offset offset) const {
  base::ReadLock lock(mutex_);
  auto next = above(segments_, offset);
  if (next != segments_.begin()) --next;
  return {next, segments_.end()};
}

std::int64_t SegmentList::size_bytes() const {
  base::ReadLock lock(mutex_);
  std::int64_t size = 0;
  for (const SegmentPtr& segment : segments_) size += segment->size_bytes();
  return size;
}

void SegmentList::add(SegmentPtr segment) {
  base::WriteLock lock(mutex_);
  auto next = above(segments_, segment->base_offset());
  if (next != segments_.begin() && (*std::prev(next))->base_offset() == segment->base_offset()) {
    *std::prev(next) = std::move(segment);
  } else {
    segments_.insert(next, std::move(segment));
  }
}

void SegmentList::remove(protocol::Offset base_offset) {
  base::WriteLock lock(mutex_);
  std::erase_if(segments_,
                [&](const SegmentPtr& segment) { return segment->base_offset() == base_offset; });
}

void SegmentList::replace(const std::vector<SegmentPtr>& sources, SegmentPtr replacement) {
  base::WriteLock lock(mutex_);
  std::erase_if(segments_, [&](const SegmentPtr& segment) {
    return std::ranges::find(sources, segment) != sources.end();
  });
  segments_.insert(above(segments_, replacement->base_offset()), std::move(replacement));
}

void SegmentList::clear() {
  base::WriteLock lock(mutex_);
  segments_.clear();
}

}  // namespace odradek::log
