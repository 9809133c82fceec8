// Records: the record batches inside a message, as a view or as ranges of files, never as a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace odradek::base {
class File;
}  // namespace odradek::base

namespace odradek::protocol {

// A range of a file that a connection sends without reading it into memory.
struct FileSlice {
  std::shared_ptr<const base::File> file;
  std::int64_t position = 0;
  std::int64_t size_bytes = 0;
};

// Bytes that come into being while they are sent, a piece at a time, so that a long answer never
// lies in memory as a whole. Read once, from front to back, by one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // What is left of the present piece, or the next one: never empty before as many bytes were
  // consumed as were promised. The view lives until consume().
  virtual base::Result<base::ByteView> peek() = 0;
  virtual void consume(std::size_t size_bytes) = 0;
};

// A source with the number of bytes that are taken from it.
struct GeneratedBytes {
  std::shared_ptr<ByteSource> source;
  std::size_t size_bytes = 0;
};

struct Records {
  bool null = false;
  // Decoded: a mutable view into the frame, so that offsets can be assigned in place.
  std::span<std::uint8_t> bytes;
  // In an answer: keeps `bytes` alive until they are sent. Without it `bytes` are copied.
  std::shared_ptr<const void> owner;
  // In an answer: what follows `bytes`. Requests have a Records per partition, so this is one
  // field.
  std::vector<std::variant<FileSlice, GeneratedBytes>> rest;

  std::size_t size_bytes() const {
    std::size_t size = bytes.size();
    for (const auto& part : rest) {
      size +=
          std::visit([](const auto& it) { return static_cast<std::size_t>(it.size_bytes); }, part);
    }
    return size;
  }
  // Whether an encoder may point to these records instead of copying them.
  bool is_shared() const { return owner != nullptr || !rest.empty(); }
};

}  // namespace odradek::protocol
