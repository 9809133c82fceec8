// SegmentReader: the batches of a .log file, one after another from any position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "protocol/record/batch.h"

namespace odradek::tools {

class SegmentReader {
 public:
  static base::Result<SegmentReader> open(const std::string& path);

  std::int64_t size_bytes() const { return size_bytes_; }
  std::int64_t position() const { return position_; }
  // An error where the file has no such position.
  base::Status seek(std::int64_t position);
  // Batches that do not end by then are not read.
  void limit(std::int64_t end) { end_ = std::min(end, size_bytes_); }

  // The batch at position(), which moves behind it; lives until the next call. nullopt where no
  // whole batch follows. CORRUPT_MESSAGE for a size or magic that cannot be.
  base::Result<std::optional<protocol::BatchView>> next();

 private:
  SegmentReader(base::File file, std::int64_t size_bytes)
      : file_(std::move(file)), size_bytes_(size_bytes), end_(size_bytes) {}

  base::File file_;
  std::int64_t size_bytes_;
  std::int64_t end_;
  std::int64_t position_ = 0;
  base::Bytes bytes_;
};

// The first offset by the name of a segment's file, "00000000000000000042.log"; nullopt for other
// names.
std::optional<std::int64_t> offset_of_file(const std::string& path);
// The path of the neighbour with the same offset: ".log", ".index".
std::string sibling_path(const std::string& path, std::string_view suffix);

}  // namespace odradek::tools
