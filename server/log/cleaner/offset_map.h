// OffsetMap: the last offset of each key of a stretch of log, in memory of a fixed size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/sip_hash.h"
#include "protocol/types.h"

namespace odradek::log {

// Keys are kept as their SipHash-2-4 of 128 bits alone, 24 bytes a key with the offset. Two keys of
// one hash would count as one, and the earlier one's record would be lost, as is so upstream, which
// keeps MD5 sums. Here the hash is keyed anew for each pass, so that nobody can make such a pair
// and a pair met by chance, 2^-84 for five million keys, is none in the next pass: two replicas
// never lose the same record. One thread.
class OffsetMap {
 public:
  static constexpr std::size_t kSlotBytes = 24;

  // At most `memory_bytes`, of which at most `load_factor` is filled.
  OffsetMap(std::int64_t memory_bytes, double load_factor);

  // Empties the map and takes memory for `expected_keys`, or as many as fit; more as more come,
  // for pages that nothing is kept in cost time. False without memory.
  bool begin(std::int64_t expected_keys, const base::SipKey& hash_key);
  // Gives the memory back.
  void end();

  // False when the key is new and the map full.
  bool put(base::ByteView key, protocol::Offset offset);
  std::optional<protocol::Offset> find(base::ByteView key) const;

  // Everything up to this offset was put in; nothing yet: -1.
  protocol::Offset latest_offset() const { return latest_offset_; }
  void set_latest_offset(protocol::Offset offset) { latest_offset_ = offset; }

  std::size_t size() const { return size_; }
  // Of the memory that it may take.
  double utilization() const;

 private:
  struct Slot {
    base::Hash128 hash;
    std::int64_t next_offset;  // offset + 1; 0: free
  };
  static_assert(sizeof(Slot) == kSlotBytes);
  struct FreeMemory {
    void operator()(Slot* slots) const;
  };

  // Takes memory of this size; false when there is none, and nothing changes.
  bool resize(std::size_t slots);
  // Moves to more memory while old and new together keep within the limit.
  bool grow();
  // The slot of the key, or the free one where it would go.
  Slot& slot_of(const base::Hash128& hash) const;

  const std::size_t max_slots_;
  const double load_factor_;
  std::unique_ptr<Slot[], FreeMemory> slots_;
  std::size_t slot_count_ = 0;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  base::SipKey hash_key_;
  protocol::Offset latest_offset_ = -1;
};

}  // namespace odradek::log
