// AllocationMeter: how much memory this thread took since the meter was made.
#pragma once

#include <cstddef>

namespace odradek::fuzz {

// One at a time on a thread. With the address sanitizer it sees every allocation, without it those
// of operator new alone.
class AllocationMeter {
 public:
  AllocationMeter();

  std::size_t total_bytes() const;  // taken, given back or not
  std::size_t peak_bytes() const;   // held at once
};

}  // namespace odradek::fuzz
