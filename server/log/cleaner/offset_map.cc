#include "server/log/cleaner/offset_map.h"

#include <algorithm>
#include <cstdlib>

namespace odradek::log {

void OffsetMap::FreeMemory::operator()(Slot* slots) const { std::free(slots); }

OffsetMap::OffsetMap(std::int64_t memory_bytes, double load_factor)
    : max_slots_(std::max<std::size_t>(
          static_cast<std::size_t>(std::max<std::int64_t>(memory_bytes, 0)) / kSlotBytes, 2)),
      load_factor_(std::clamp(load_factor, 0.01, 0.99)) {}

bool OffsetMap::begin(std::int64_t expected_keys, const base::SipKey& hash_key) {
  auto wanted = static_cast<double>(std::max<std::int64_t>(expected_keys, 1)) / load_factor_ + 2;
  slot_count_ = static_cast<std::size_t>(std::min(wanted, static_cast<double>(max_slots_)));
  // One slot stays free, where searches end.
  auto filled = static_cast<std::size_t>(static_cast<double>(slot_count_) * load_factor_);
  capacity_ = std::clamp<std::size_t>(filled, 1, slot_count_ - 1);
  size_ = 0;
  latest_offset_ = -1;
  hash_key_ = hash_key;
  // Pages of zeros come from the kernel as they are touched.
  slots_.reset();
  slots_.reset(static_cast<Slot*>(std::calloc(slot_count_, sizeof(Slot))));
  return slots_ != nullptr;
}

void OffsetMap::end() {
  slots_.reset();
  slot_count_ = 0;
  capacity_ = 0;
  size_ = 0;
}

OffsetMap::Slot& OffsetMap::slot_of(const base::Hash128& hash) const {
  // The high half of the product spreads the hash over any number of slots.
  auto spread = static_cast<unsigned __int128>(hash.low) * slot_count_;
  auto at = static_cast<std::size_t>(spread >> 64);
  while (slots_[at].next_offset != 0 && slots_[at].hash != hash) {
    if (++at == slot_count_) at = 0;
  }
  return slots_[at];
}

bool OffsetMap::put(base::ByteView key, protocol::Offset offset) {
  base::Hash128 hash = base::sip_hash(hash_key_, key);
  Slot& slot = slot_of(hash);
  if (slot.next_offset == 0) {
    if (size_ == capacity_) return false;
    ++size_;
    slot.hash = hash;
  }
  slot.next_offset = std::max(slot.next_offset, offset + 1);
  return true;
}

std::optional<protocol::Offset> OffsetMap::find(base::ByteView key) const {
  if (size_ == 0) return std::nullopt;
  const Slot& slot = slot_of(base::sip_hash(hash_key_, key));
  if (slot.next_offset == 0) return std::nullopt;
  return slot.next_offset - 1;
}

double OffsetMap::utilization() const {
  return static_cast<double>(size_) / static_cast<double>(max_slots_);
}

}  // namespace odradek::log
