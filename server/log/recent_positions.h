// RecentPositions: where the last few appended batches start, so that tail reads look nothing up.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/mutex.h"
#include "server/log/log_end.h"

namespace odradek::log {

// Where a batch is.
struct BatchPlace {
  OffsetMetadata start;
  std::int32_t size_bytes = 0;
};

// Followers and the high watermark stand at ends of recent appends; for those neither index nor
// file is asked. Safe from any thread.
class RecentPositions {
 public:
  void add(const BatchPlace& place);
  // Exactly this offset, when it is among the last ones.
  std::optional<BatchPlace> find(protocol::Offset offset) const;
  void clear();

 private:
  static constexpr std::size_t kPlaces = 64;
  struct Ring {
    std::array<BatchPlace, kPlaces> places{};
    std::size_t next = 0;
    std::size_t size = 0;
  };

  mutable base::Mutex mutex_;
  std::unique_ptr<Ring> ring_ GUARDED_BY(mutex_);  // made at the first append
};

}  // namespace odradek::log
