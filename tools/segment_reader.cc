#include "tools/segment_reader.h"

#include <algorithm>

#include "base/text.h"

namespace odradek::tools {

base::Result<SegmentReader> SegmentReader::open(const std::string& path) {
  auto file = base::File::open(path, base::File::Mode::kRead);
  if (!file) return file.error();
  auto size = file->size();
  if (!size) return size.error();
  return SegmentReader(std::move(*file), *size);
}

base::Status SegmentReader::seek(std::int64_t position) {
  if (position < 0 || position > size_bytes_) {
    return base::Error("Position " + std::to_string(position) + " is outside of the log's " +
                       std::to_string(size_bytes_) + " bytes");
  }
  position_ = position;
  return {};
}

base::Result<std::optional<protocol::BatchView>> SegmentReader::next() {
  using Answer = std::optional<protocol::BatchView>;
  std::int64_t left = end_ - position_;
  if (left < static_cast<std::int64_t>(protocol::batch_layout::kSizeUpToMagic)) return Answer();
  constexpr auto kHead = static_cast<std::int64_t>(protocol::batch_layout::kBatchOverhead);
  bytes_.resize(static_cast<std::size_t>(std::min(left, kHead)));
  if (base::Status read = file_.read_fully_at(bytes_, position_); !read) return read.error();
  auto head = protocol::batch_header(bytes_);
  if (!head) {
    return base::Error("At position " + std::to_string(position_) + ": " + head.error().message);
  }
  if (!head->has_value()) return Answer();
  auto size = static_cast<std::int64_t>((*head)->size_bytes());
  if (size > left) return Answer();
  bytes_.resize(static_cast<std::size_t>(size));
  if (base::Status read = file_.read_fully_at(bytes_, position_); !read) return read.error();
  position_ += size;
  return Answer(protocol::BatchView(bytes_));
}

std::optional<std::int64_t> offset_of_file(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  return base::parse_int<std::int64_t>(name.substr(0, name.find('.')), 0);
}

std::string sibling_path(const std::string& path, std::string_view suffix) {
  std::size_t name = path.rfind('/') + 1;
  return path.substr(0, path.find('.', name)) + std::string(suffix);
}

}  // namespace odradek::tools
