#include "tests/fuzz/allocations.h"

#include <algorithm>
#include <cstdint>

namespace {

thread_local std::size_t total = 0;
thread_local std::ptrdiff_t held = 0;  // below zero where older memory is given back
thread_local std::ptrdiff_t peak = 0;

void note_taken(std::size_t size) {
  total += size;
  held += static_cast<std::ptrdiff_t>(size);
  peak = std::max(peak, held);
}

void note_given_back(std::size_t size) { held -= static_cast<std::ptrdiff_t>(size); }

}  // namespace

#if defined(ODRADEK_ADDRESS_SANITIZER)

// Of <sanitizer/allocator_interface.h>, which gcc does not bring.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*taken)(const volatile void*, std::size_t),
                                              void (*given_back)(const volatile void*));
std::size_t __sanitizer_get_allocated_size(const volatile void* memory);
}

// Operators of ours would hide from the sanitizer which of them took what is given back.
static const bool kHooked = [] {
  auto taken = [](const volatile void*, std::size_t size) { note_taken(size); };
  auto given_back = [](const volatile void* memory) {
    if (memory != nullptr) note_given_back(__sanitizer_get_allocated_size(memory));
  };
  __sanitizer_install_malloc_and_free_hooks(taken, given_back);
  return true;
}();

#else

#include <malloc.h>

#include <cstdlib>
#include <new>

[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  note_taken(malloc_usable_size(memory));
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) note_given_back(malloc_usable_size(memory));
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

#endif

namespace odradek::fuzz {

AllocationMeter::AllocationMeter() {
  total = 0;
  held = 0;
  peak = 0;
}

std::size_t AllocationMeter::total_bytes() const { return total; }

std::size_t AllocationMeter::peak_bytes() const { return static_cast<std::size_t>(peak); }

}  // namespace odradek::fuzz
