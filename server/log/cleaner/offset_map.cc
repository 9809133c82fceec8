#include "server/log/cleaner/offset_map.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace odradek::log {

void OffsetMap::FreeMemory::operator()(Slot* slots) const { std::free(slots); }

OffsetMap::OffsetMap(std::int64_t memory_bytes, double load_factor)
    : max_slots_(std::max<std::size_t>(
          static_cast<std::size_t>(std::max<std::int64_t>(memory_bytes, 0)) / kSlotBytes, 2)),
      load_factor_(std::clamp(load_factor, 0.01, 0.99)) {}

bool OffsetMap::begin(std::int64_t expected_keys, const base::SipKey& hash_key) {
  end();
  latest_offset_ = -1;
  hash_key_ = hash_key;
  auto wanted = static_cast<double>(std::max<std::int64_t>(expected_keys, 1)) / load_factor_ + 2;
  // From a quarter on growing would end below the limit.
  bool small = wanted < static_cast<double>(max_slots_) / 4;
  return resize(small ? static_cast<std::size_t>(wanted) : max_slots_);
}

bool OffsetMap::resize(std::size_t slots) {
  // Pages of zeros come from the kernel as they are touched.
  auto* memory = static_cast<Slot*>(std::calloc(slots, sizeof(Slot)));
  if (memory == nullptr) return false;
  slots_.reset(memory);
  slot_count_ = slots;
  // One slot stays free, where searches end.
  auto filled = static_cast<std::size_t>(static_cast<double>(slots) * load_factor_);
  capacity_ = std::clamp<std::size_t>(filled, 1, slots - 1);
  return true;
}

bool OffsetMap::grow() {
  std::size_t count = slot_count_;
  // The last step is from less than a quarter of the limit to more than three.
  std::size_t wanted = 16 * count <= max_slots_ ? 4 * count : max_slots_ - count;
  if (wanted <= count) return false;
  std::unique_ptr<Slot[], FreeMemory> old = std::move(slots_);
  if (!resize(wanted)) {
    slots_ = std::move(old);
    return false;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (old[i].next_offset != 0) slot_of(old[i].hash) = old[i];
  }
  return true;
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
  Slot* slot = &slot_of(hash);
  if (slot->next_offset == 0) {
    if (size_ == capacity_) {
      if (!grow()) return false;
      slot = &slot_of(hash);
    }
    ++size_;
    slot->hash = hash;
  }
  slot->next_offset = std::max(slot->next_offset, offset + 1);
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
