#include "tests/bench/allocations.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace odradek::bench {
namespace {

std::int64_t allocation_count = 0;

}  // namespace

std::int64_t allocations() { return allocation_count; }

}  // namespace odradek::bench

// The whole program's: whatever a benchmark calls is counted.
void* operator new(std::size_t size) {
  ++odradek::bench::allocation_count;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
