// Payload: what a connection writes, as ordered parts of memory and file ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "protocol/wire/records.h"

namespace odradek::protocol {

// Memory that stays valid and unchanged as long as `owner` is held.
struct SharedBytes {
  std::span<const std::uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

using PayloadPart = std::variant<SharedBytes, FileSlice>;

// Movable, and cheap to copy: the parts share their bytes. Empty parts are never kept.
class Payload {
 public:
  Payload() = default;
  explicit Payload(base::Bytes bytes) { append(std::move(bytes)); }

  void append(base::Bytes bytes);
  void append(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> owner);
  void append(FileSlice slice);

  const std::vector<PayloadPart>& parts() const { return parts_; }
  std::size_t size_bytes() const { return size_bytes_; }
  bool empty() const { return size_bytes_ == 0; }

  // Every part in one run. Only for payloads without file ranges.
  base::Bytes flatten() const;

 private:
  std::vector<PayloadPart> parts_;
  std::size_t size_bytes_ = 0;
};

}  // namespace odradek::protocol
