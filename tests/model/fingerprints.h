// Fingerprints: which states were visited; 8 bytes for each.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "tests/model/cluster.h"

namespace odradek::model {

// A fingerprint has 128 bits: half of them are stored, the others say where. A collision would
// hide a state: with 10^8 states in 10^9 places, once in 10^10 runs.
class Fingerprints {
 public:
  // Safe from any thread.
  explicit Fingerprints(std::uint64_t most_states) : most_(most_states) {
    std::uint64_t places = 1 << 16;
    while (places * 3 / 4 < most_states) places *= 2;
    mask_ = places - 1;
    // Untouched pages take no memory.
    places_.reset(static_cast<Place*>(std::calloc(places, sizeof(Place))));
  }

  bool is_full() const { return size_.load(std::memory_order_relaxed) >= most_; }
  std::uint64_t size() const { return size_.load(); }

  // False: it is known.
  bool insert(const Cluster& cluster) {
    auto [where, tag] = print_of(cluster);
    for (;; ++where) {
      Place& place = places_[where & mask_];
      std::uint64_t found = place.load(std::memory_order_relaxed);
      if (found == tag) return false;
      if (found != 0) continue;
      if (place.compare_exchange_strong(found, tag, std::memory_order_relaxed)) {
        size_.fetch_add(1, std::memory_order_relaxed);
        return true;
      }
      if (found == tag) return false;
    }
  }

 private:
  using Place = std::atomic<std::uint64_t>;
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  struct Print {
    std::uint64_t where = 0;
    std::uint64_t tag = 0;
  };

  static std::uint64_t mix(std::uint64_t hash, std::uint64_t word, std::uint64_t factor) {
    hash = (hash ^ word) * factor;
    return hash ^ hash >> 29;
  }
  static Print print_of(const Cluster& cluster) {
    std::array<std::uint64_t, (sizeof(Cluster) + 7) / 8> words{};
    std::memcpy(words.data(), &cluster, sizeof(cluster));
    Print print{0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
    for (std::uint64_t word : words) {
      print.where = mix(print.where, word, 0xff51afd7ed558ccd);
      print.tag = mix(print.tag, word + print.where, 0x9fb21c651e98df25);
    }
    print.where ^= print.where >> 32;
    if (print.tag == 0) print.tag = 1;
    return print;
  }

  const std::uint64_t most_;
  std::uint64_t mask_ = 0;
  std::unique_ptr<Place[], Free> places_;
  std::atomic<std::uint64_t> size_{0};
};

}  // namespace odradek::model
