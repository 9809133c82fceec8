#include "protocol/wire/payload.h"

#include "base/log.h"

namespace odradek::protocol {

void Payload::append(base::Bytes bytes) {
  auto owner = std::make_shared<const base::Bytes>(std::move(bytes));
  std::span<const std::uint8_t> view(*owner);
  append(view, std::move(owner));
}

void Payload::append(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> owner) {
  if (bytes.empty()) return;
  size_bytes_ += bytes.size();
  parts_.emplace_back(SharedBytes{bytes, std::move(owner)});
}

void Payload::append(FileSlice slice) {
  if (slice.size_bytes <= 0) return;
  size_bytes_ += static_cast<std::size_t>(slice.size_bytes);
  parts_.emplace_back(std::move(slice));
}

void Payload::append(GeneratedBytes generated) {
  if (generated.size_bytes == 0) return;
  size_bytes_ += generated.size_bytes;
  parts_.emplace_back(std::move(generated));
}

base::Bytes Payload::flatten() const {
  base::Bytes all;
  all.reserve(size_bytes_);
  for (const PayloadPart& part : parts_) {
    const auto* memory = std::get_if<SharedBytes>(&part);
    CHECK(memory != nullptr) << "Not all bytes of this payload are in memory.";
    all.insert(all.end(), memory->bytes.begin(), memory->bytes.end());
  }
  return all;
}

}  // namespace odradek::protocol
