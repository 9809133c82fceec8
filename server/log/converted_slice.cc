#include "server/log/converted_slice.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/batch.h"
#include "protocol/record/down_convert.h"
#include "server/log/batch_header.h"

namespace odradek::log {

namespace {

// The least that an old client takes for the beginning of an entry.
constexpr std::size_t kLeastFillerBytes = protocol::batch_layout::kLogOverhead;

// Of a disk, which no client's bytes can bring about.
bool is_read_failure(const base::Error& error) { return error.code == -1; }

}  // namespace

base::Result<protocol::GeneratedBytes> ConvertedSlice::open(Wish wish) {
  const bool keep_first = wish.keep_first;
  std::shared_ptr<ConvertedSlice> source(new ConvertedSlice(std::move(wish)));
  base::Status converted = source->convert(1);
  if (!converted.ok()) return converted.error();
  if (source->done_bytes_ == 0) return protocol::GeneratedBytes{};
  std::size_t size = kLeastFillerBytes;
  if (!source->piece_.empty()) {
    size =
        std::max(static_cast<std::size_t>(source->wish_.slice.size_bytes), source->piece_.size());
  }
  source->left_bytes_ = size;
  if (!keep_first && !source->is_at_end_) {
    base::Bytes().swap(source->piece_);
    source->done_bytes_ = 0;
  }
  return protocol::GeneratedBytes{std::move(source), size};
}

base::Result<base::Bytes> ConvertedSlice::read_batches(std::size_t max_bytes) const {
  const auto left = static_cast<std::size_t>(wish_.slice.size_bytes - done_bytes_);
  base::Bytes bytes(std::min(left, std::max(max_bytes, BatchHeader::kMaxHeaderBytes)));
  base::Status read = wish_.slice.file->read_fully_at(bytes, wish_.slice.position + done_bytes_);
  if (!read.ok()) return read.error();
  auto first = protocol::batch_header(bytes);
  if (!first.ok()) return first.error();
  if (!first->has_value() || (*first)->size_bytes() > left) return base::Bytes();
  const std::size_t have = bytes.size();
  const std::size_t whole = (*first)->size_bytes();
  if (whole <= have) return bytes;
  bytes.resize(whole);
  read = wish_.slice.file->read_fully_at(
      base::MutableBytes(bytes).subspan(have),
      wish_.slice.position + done_bytes_ + static_cast<std::int64_t>(have));
  if (!read.ok()) return read.error();
  return bytes;
}

base::Status ConvertedSlice::convert(std::size_t max_input_bytes) {
  while (piece_.empty() && !is_at_end_) {
    auto batches = read_batches(max_input_bytes);
    if (!batches.ok()) return batches.error();
    is_at_end_ = batches->empty();
    protocol::DownConverter converter(*batches, wish_.magic, wish_.first_offset);
    auto piece = converter.next(max_input_bytes);
    if (!piece.ok()) return piece.error();
    done_bytes_ += static_cast<std::int64_t>(converter.position());
    piece_ = std::move(*piece);
  }
  return {};
}

base::Status ConvertedSlice::make_piece() {
  piece_done_ = 0;
  base::Bytes().swap(piece_);
  base::Status converted = convert(kPieceBytes);
  if (!converted.ok()) {
    if (is_read_failure(converted.error())) return converted;
    // The codec is no fault of anybody's; damage is.
    LOG_IF(WARNING,
           protocol::code_of(converted.error()) != protocol::ErrorCode::kUnsupportedCompressionType)
        << wish_.slice.file->path() << ": records from byte " << wish_.slice.position + done_bytes_
        << " on cannot be converted for an old client: " << converted.error().message;
    is_at_end_ = true;
  }
  if (piece_.empty()) piece_ = protocol::partial_entry_filler(left_bytes_, kPieceBytes);
  return {};
}

base::Result<base::ByteView> ConvertedSlice::peek() {
  if (piece_done_ == piece_.size()) {
    base::Status made = make_piece();
    if (!made.ok()) return made.error();
  }
  base::ByteView rest = base::ByteView(piece_).subspan(piece_done_);
  return rest.first(std::min(rest.size(), left_bytes_));
}

void ConvertedSlice::consume(std::size_t size_bytes) {
  CHECK_LE(size_bytes, std::min(left_bytes_, piece_.size() - piece_done_));
  piece_done_ += size_bytes;
  left_bytes_ -= size_bytes;
  // A connection that waits for its socket holds no piece that it has sent.
  if (piece_done_ < piece_.size()) return;
  piece_done_ = 0;
  base::Bytes().swap(piece_);
}

}  // namespace odradek::log
