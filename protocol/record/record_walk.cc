#include "protocol/record/record_walk.h"

#include <algorithm>
#include <string>

#include "base/varint.h"

namespace odradek::protocol {
namespace {

// Up to this size a record is looked at in one piece.
constexpr std::size_t kWholeRecordSize = 32768;

// Reads the fields of a record that is larger than that, one after the other.
class StreamedBody {
 public:
  StreamedBody(DecompressedStream& stream, std::size_t size) : stream_(stream), left_(size) {}

  bool read_varlong(std::int64_t& value) { return take(base::kMaxVarlongSize, value, true); }
  bool read_varint(std::int32_t& value) {
    std::int64_t wide = 0;
    bool ok = take(base::kMaxVarintSize, wide, false);
    value = static_cast<std::int32_t>(wide);
    return ok;
  }
  bool skip(std::int32_t size) {
    if (size <= 0) return true;
    auto count = static_cast<std::size_t>(size);
    if (count > left_) return false;
    left_ -= count;
    return stream_.skip(count);
  }
  std::size_t left() const { return left_; }

 private:
  bool take(std::size_t max_size, std::int64_t& value, bool wide) {
    stream_.want(std::min(max_size, left_));
    base::ByteView view = stream_.view();
    view = view.first(std::min({view.size(), max_size, left_}));
    std::size_t size = 0;
    if (wide) {
      auto read = base::decode_varlong(view);
      value = read.value;
      size = read.size;
    } else {
      auto read = base::decode_varint(view);
      value = read.value;
      size = read.size;
    }
    stream_.consume(size);
    left_ -= size;
    return size != 0;
  }

  DecompressedStream& stream_;
  std::size_t left_;
};

bool skip_streamed_headers(StreamedBody& body) {
  std::int32_t count = 0;
  if (!body.read_varint(count) || count < 0) return false;
  if (static_cast<std::size_t>(count) > body.left()) return false;
  for (; count > 0; --count) {
    std::int32_t key_size = 0;
    std::int32_t value_size = 0;
    if (!body.read_varint(key_size) || key_size < 0 || !body.skip(key_size)) return false;
    if (!body.read_varint(value_size) || !body.skip(value_size)) return false;
  }
  return body.left() == 0;
}

bool walk_large_record(DecompressedStream& stream, std::size_t size, WalkedRecord& record) {
  StreamedBody body(stream, size);
  std::int32_t value_size = 0;
  return body.skip(1) && body.read_varlong(record.timestamp_delta) &&
         body.read_varint(record.offset_delta) && body.read_varint(record.key_size) &&
         body.skip(record.key_size) && body.read_varint(value_size) && body.skip(value_size) &&
         skip_streamed_headers(body);
}

}  // namespace

base::Error malformed_record(const BatchView& batch, std::int32_t index, const char* what) {
  return base::Error(ErrorCode::kInvalidRecord,
                     "record " + std::to_string(index) + " of the batch at offset " +
                         std::to_string(batch.base_offset()) + " with " +
                         std::to_string(batch.record_count()) + " records: " + what);
}

base::Error unknown_codec(const BatchView& batch) {
  return base::Error(ErrorCode::kUnsupportedCompressionType,
                     "batch at offset " + std::to_string(batch.base_offset()) +
                         " names compression codec " + std::to_string(batch.codec_id()) +
                         ", which no release defines");
}

bool walk_streamed_record(DecompressedStream& stream, WalkedRecord& record) {
  stream.want(base::kMaxVarintSize);
  auto length = base::decode_varint(stream.view());
  if (!length || length.value < 0) return false;
  stream.consume(length.size);
  auto size = static_cast<std::size_t>(length.value);
  record.size_bytes = length.size + size;
  if (size > kWholeRecordSize) return walk_large_record(stream, size, record);
  stream.want(size);
  if (stream.view().size() < size) return false;
  bool ok = walk_record_body(stream.view().first(size), record);
  stream.consume(size);
  return ok;
}

}  // namespace odradek::protocol
