#include "protocol/record/legacy.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/compression/compress.h"
#include "protocol/record/decompressed_stream.h"
#include "protocol/record/record_walk.h"

namespace odradek::protocol {
namespace {

namespace layout = batch_layout;

// Positions within a message, which begins with its CRC.
constexpr std::size_t kMagicAt = 4;
constexpr std::size_t kTimestampAt = 6;

std::size_t key_size_at(std::int8_t magic) { return magic == 0 ? 6 : 14; }

// Key and value sizes and the header around them.
std::size_t message_overhead(std::int8_t magic) { return key_size_at(magic) + 8; }

// A field behind its int32 size; -1 and below stand for null. False when it does not fit.
bool read_sized(base::ByteView bytes, std::size_t& at, std::optional<base::ByteView>& field) {
  if (bytes.size() - at < 4) return false;
  auto size = base::load_big_endian<std::int32_t>(bytes.data() + at);
  at += 4;
  field.reset();
  if (size < 0) return true;
  if (static_cast<std::size_t>(size) > bytes.size() - at) return false;
  field = bytes.subspan(at, static_cast<std::size_t>(size));
  at += static_cast<std::size_t>(size);
  return true;
}

base::Error invalid(std::string message) {
  return base::Error(ErrorCode::kInvalidRecord, std::move(message));
}

template <class T>
void append_big_endian(base::Bytes& out, T value) {
  std::array<std::uint8_t, sizeof(T)> raw;
  base::store_big_endian(raw.data(), value);
  out.insert(out.end(), raw.begin(), raw.end());
}

void append_sized(base::Bytes& out, std::optional<base::ByteView> field) {
  append_big_endian(out, field ? static_cast<std::int32_t>(field->size()) : std::int32_t{-1});
  if (field) out.insert(out.end(), field->begin(), field->end());
}

// The head of an entry up to and with its timestamp; size and CRC are filled in by seal_entry().
void open_entry(base::Bytes& out, Offset offset, std::int8_t magic, std::uint8_t attributes,
                std::int64_t timestamp) {
  append_big_endian(out, offset);
  append_big_endian(out, std::int32_t{0});
  append_big_endian(out, std::uint32_t{0});
  out.push_back(static_cast<std::uint8_t>(magic));
  out.push_back(attributes);
  if (magic > 0) append_big_endian(out, timestamp);
}

void seal_entry(base::Bytes& out, std::size_t begin) {
  std::size_t size = out.size() - begin - layout::kLogOverhead;
  base::store_big_endian(out.data() + begin + layout::kLength, static_cast<std::int32_t>(size));
  std::uint32_t crc = base::crc32(base::ByteView(out).subspan(begin + layout::kMagic));
  base::store_big_endian(out.data() + begin + layout::kLegacyCrc, crc);
}

}  // namespace

base::Result<LegacyMessage> LegacyMessage::parse(base::ByteView bytes) {
  if (bytes.size() < message_overhead(0)) return invalid("message of old format is too short");
  LegacyMessage message;
  message.bytes_ = bytes;
  if (message.magic() != 0 && message.magic() != 1) {
    return invalid("message of old format has magic " + std::to_string(message.magic()));
  }
  std::size_t at = key_size_at(message.magic());
  if (bytes.size() < message_overhead(message.magic()) || !read_sized(bytes, at, message.key_) ||
      !read_sized(bytes, at, message.value_)) {
    return invalid("key or value of a message of old format does not fit its size");
  }
  return message;
}

std::int64_t LegacyMessage::timestamp() const {
  if (magic() == 0) return kNoTimestamp;
  return base::load_big_endian<std::int64_t>(bytes_.data() + kTimestampAt);
}

base::Status LegacyMessage::check_crc() const {
  auto stored = base::load_big_endian<std::uint32_t>(bytes_.data());
  std::uint32_t computed = base::crc32(bytes_.subspan(kMagicAt));
  if (stored == computed) return {};
  return base::Error(ErrorCode::kCorruptMessage,
                     "message of old format: stored checksum " + std::to_string(stored) +
                         ", that of the bytes is " + std::to_string(computed));
}

LegacyEntries::LegacyEntries(const BatchView& entry, RecordLimits limits)
    : entry_(entry), limits_(limits) {}

LegacyEntries::~LegacyEntries() = default;

bool LegacyEntries::failed_to_decompress() const {
  return stream_ != nullptr && !stream_->status().ok();
}

bool LegacyEntries::fail(base::Error error) {
  done_ = true;
  status_ = std::move(error);
  return false;
}

bool LegacyEntries::start() {
  started_ = true;
  auto outer = LegacyMessage::parse(entry_.bytes().subspan(layout::kLogOverhead));
  if (!outer) return fail(outer.error());
  outer_ = *outer;
  if (!entry_.is_compressed()) return true;
  auto codec = entry_.codec();
  if (!codec) return fail(unknown_codec(entry_));
  if (*codec == CompressionType::kZstd)
    return fail(invalid("messages of old formats know no zstd"));
  if (!outer_->value()) return fail(invalid("compressed message without a value"));
  return find_base_offset() && restart_stream();
}

bool LegacyEntries::restart_stream() {
  stream_ =
      std::make_unique<DecompressedStream>(*entry_.codec(), *outer_->value(), entry_.magic() == 0);
  inner_count_ = 0;
  if (!stream_->status().ok()) return fail(stream_->status().error());
  return true;
}

// Relative offsets count up to the last message, whose place is known only after all of them: the
// payload is decompressed twice rather than held.
bool LegacyEntries::find_base_offset() {
  inner_base_ = 0;
  if (entry_.magic() != 1 || entry_.last_offset() == 0) return true;
  if (!restart_stream()) return false;
  Offset last_inner = 0;
  base::ByteView bytes;
  while (next_inner(last_inner, bytes)) {
  }
  if (done_ && !status_.ok()) return false;
  done_ = false;
  if (inner_count_ == 0) return fail(invalid("compressed message without messages inside"));
  if (entry_.last_offset() < last_inner) {
    return fail(invalid("offset of a compressed message is less than that of its last one"));
  }
  // Wraps, as the sum does: a stranger chose both numbers.
  inner_base_ = static_cast<Offset>(static_cast<std::uint64_t>(entry_.last_offset()) -
                                    static_cast<std::uint64_t>(last_inner));
  return true;
}

bool LegacyEntries::next_inner(Offset& offset, base::ByteView& bytes) {
  stream_->want(layout::kLogOverhead);
  // Bytes that do not make another message are dropped, as those at the end of a set are.
  if (stream_->view().size() < layout::kLogOverhead) {
    done_ = true;
    if (!stream_->status().ok()) return fail(stream_->status().error());
    if (inner_count_ == 0) return fail(invalid("compressed message without messages inside"));
    return false;
  }
  Offset inner = base::load_big_endian<std::int64_t>(stream_->view().data());
  auto size = base::load_big_endian<std::int32_t>(stream_->view().data() + layout::kLength);
  if (size < static_cast<std::int32_t>(message_overhead(0))) {
    return fail(base::Error(ErrorCode::kCorruptMessage, "inner message states too small a size"));
  }
  if (static_cast<std::size_t>(size) > limits_.max_record_size_bytes) {
    return fail(invalid("inner message is larger than what is taken into memory"));
  }
  std::size_t total = layout::kLogOverhead + static_cast<std::size_t>(size);
  stream_->want(total);
  if (!stream_->status().ok()) return fail(stream_->status().error());
  if (stream_->view().size() < total) {
    stream_->consume(stream_->view().size());
    return next_inner(offset, bytes);
  }
  bytes = stream_->view().subspan(layout::kLogOverhead, static_cast<std::size_t>(size));
  stream_->consume(total);
  offset = inner;
  ++inner_count_;
  return true;
}

const LegacyMessage* LegacyEntries::next() {
  if (done_ || (!started_ && !start())) return nullptr;
  if (stream_ == nullptr) {
    done_ = true;
    offset_ = entry_.last_offset();
    return &*outer_;
  }
  Offset inner = 0;
  base::ByteView bytes;
  if (!next_inner(inner, bytes)) return nullptr;
  auto message = LegacyMessage::parse(bytes);
  if (!message) {
    fail(message.error());
    return nullptr;
  }
  if (message->codec_id() != 0) {
    fail(invalid("compressed message inside of a compressed message"));
    return nullptr;
  }
  message_ = *message;
  offset_ = add_offsets(inner_base_, inner);
  return &*message_;
}

LegacySetBuilder::LegacySetBuilder(LegacySetOptions options) : options_(options) {
  CHECK(options.magic == 0 || options.magic == 1);
  CHECK(options.codec != CompressionType::kZstd) << "messages of old formats know no zstd";
}

void LegacySetBuilder::append(Offset offset, std::int64_t timestamp,
                              std::optional<base::ByteView> key,
                              std::optional<base::ByteView> value) {
  bool log_append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  bool relative = options_.magic == 1 && options_.codec != CompressionType::kNone;
  if (log_append_time) timestamp = options_.log_append_time;
  std::uint8_t attributes = options_.magic == 1 && log_append_time ? layout::kTimestampTypeMask : 0;
  std::size_t begin = bytes_.size();
  open_entry(bytes_, relative ? offset - options_.base_offset : offset, options_.magic, attributes,
             timestamp);
  append_sized(bytes_, key);
  append_sized(bytes_, value);
  seal_entry(bytes_, begin);
  last_offset_ = offset;
  ++record_count_;
  if (options_.magic == 1 && timestamp > max_timestamp_) {
    max_timestamp_ = timestamp;
    offset_of_max_timestamp_ = offset;
  }
}

base::Result<base::Bytes> LegacySetBuilder::build() {
  CHECK(!empty());
  if (options_.codec == CompressionType::kNone) return std::move(bytes_);
  bool log_append_time = options_.timestamp_type == TimestampType::kLogAppendTime;
  auto attributes = static_cast<std::uint8_t>(options_.codec);
  if (options_.magic == 1 && log_append_time) attributes |= layout::kTimestampTypeMask;
  base::Bytes out;
  open_entry(out, last_offset_, options_.magic, attributes,
             log_append_time ? options_.log_append_time : max_timestamp_);
  append_big_endian(out, std::int32_t{-1});
  append_big_endian(out, std::int32_t{0});
  std::size_t value_begin = out.size();
  base::Status compressed =
      compress(options_.codec, options_.level, bytes_, out, options_.magic == 0);
  if (!compressed) return compressed.error();
  base::store_big_endian(out.data() + value_begin - 4,
                         static_cast<std::int32_t>(out.size() - value_begin));
  seal_entry(out, 0);
  return out;
}

}  // namespace odradek::protocol
