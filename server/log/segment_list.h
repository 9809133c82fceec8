// SegmentList: the segments of one log in the order of their offsets.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "protocol/types.h"
#include "server/log/segment.h"

namespace odradek::log {

using SegmentPtr = std::shared_ptr<Segment>;

// Changed only under the log's lock, read from any thread.
class SegmentList {
 public:
  bool empty() const;
  std::size_t size() const;
  SegmentPtr first() const;
  SegmentPtr last() const;  // the active one; null when empty
  // The segment with the largest base offset <= `offset`; null when all are above.
  SegmentPtr floor(protocol::Offset offset) const;
  // The segment with the smallest base offset > `offset`; null when there is none.
  SegmentPtr higher(protocol::Offset offset) const;
  // In order, a copy.
  std::vector<SegmentPtr> all() const;
  std::vector<SegmentPtr> from(protocol::Offset offset) const;  // floor(offset) and all after it
  std::int64_t size_bytes() const;

  void add(SegmentPtr segment);  // replaces one of the same base offset
  void remove(protocol::Offset base_offset);
  // Readers see all of `sources` or `replacement`.
  void replace(const std::vector<SegmentPtr>& sources, SegmentPtr replacement);
  void clear();

 private:
  mutable base::SharedMutex mutex_;
  std::vector<SegmentPtr> segments_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
