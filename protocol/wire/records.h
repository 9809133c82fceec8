// Records: the record batches inside a message, as a view or as ranges of files, never as a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

struct Records {
  bool null = false;
  // Decoded: a mutable view into the frame, so that offsets can be assigned in place.
  std::span<std::uint8_t> bytes;
  // In an answer: keeps `bytes` alive until they are sent. Without it `bytes` are copied.
  std::shared_ptr<const void> owner;
  // In an answer: file ranges that follow `bytes`.
  std::vector<FileSlice> slices;

  std::size_t size_bytes() const {
    std::size_t size = bytes.size();
    for (const FileSlice& slice : slices) size += static_cast<std::size_t>(slice.size_bytes);
    return size;
  }
  // Whether an encoder may point to these records instead of copying them.
  bool is_shared() const { return owner != nullptr || !slices.empty(); }
};

}  // namespace odradek::protocol
