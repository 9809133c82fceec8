#include "server/log/log_copy.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "protocol/errors.h"
#include "server/log/batch_header.h"

namespace odradek::log {
namespace {

base::Status cut_to_common(const Log& original, Log& copy) {
  for (;;) {
    protocol::Offset common = common_end(original, copy);
    if (common >= copy.log_end_offset()) return {};
    auto cut = copy.truncate_to(common);
    if (!cut.ok()) return cut.error();
  }
}

bool is_empty(const Log& log) { return log.log_start_offset() >= log.log_end_offset(); }

// As far as the header tells: old compressed entries name their last record.
protocol::Offset lowest_offset(const BatchHeader& header) {
  return header.magic >= 2 ? header.base_offset : header.last_offset;
}

base::Result<base::Bytes> bytes_of(const protocol::FileSlice& slice, LogDir& dir) {
  base::Bytes bytes(static_cast<std::size_t>(slice.size_bytes));
  base::Status read = slice.file->read_fully_at(bytes, slice.position);
  if (read.ok()) return bytes;
  dir.fail(read.error().message);
  return base::Error(protocol::ErrorCode::kKafkaStorageError, read.error().message);
}

// The batch that holds the copy's end begins below it: where the original's first offsets were
// deleted, or where the copy was cut within a batch.
base::Status step_back(Log& copy, protocol::Offset batch_begin, protocol::Offset start) {
  if (is_empty(copy)) return copy.truncate_fully_and_start_at(batch_begin, start);
  auto cut = copy.truncate_to(batch_begin);
  return cut.ok() ? base::Status() : cut.error();
}

base::Result<std::int64_t> take_over(const Log& original, Log& copy, std::int32_t max_bytes) {
  protocol::Offset from = copy.log_end_offset();
  protocol::Offset end = original.log_end_offset();
  if (from >= end) return 0;
  auto read = original.read(
      {.start_offset = from, .max_bytes = max_bytes, .upper_bound = end, .min_one_message = true});
  if (!read.ok()) return read.error();
  auto bytes = bytes_of(read->slice, original.dir());
  if (!bytes.ok()) return bytes.error();
  auto first = BatchHeader::parse(*bytes);
  if (first && lowest_offset(*first) < from) {
    base::Status aligned = step_back(copy, lowest_offset(*first), original.log_start_offset());
    if (!aligned.ok()) return aligned.error();
  }
  auto appended = copy.append_as_follower(*bytes);
  if (!appended.ok()) return appended.error();
  return appended->size_bytes;
}

base::Status follow_offsets(const Log& original, Log& copy) {
  copy.set_high_watermark(original.high_watermark());
  protocol::Offset start = std::min(original.log_start_offset(), copy.high_watermark());
  if (start <= copy.log_start_offset()) return {};
  auto advanced = copy.advance_log_start_offset(start);
  return advanced.ok() ? base::Status() : advanced.error();
}

}  // namespace

protocol::Offset common_end(const Log& original, const Log& copy) {
  protocol::Offset end = std::min(original.log_end_offset(), copy.log_end_offset());
  auto copied_epoch = copy.latest_epoch();
  auto latest_epoch = original.latest_epoch();
  if (!copied_epoch || !latest_epoch) return end;  // records of old formats have none
  EpochEndOffset theirs = original.end_offset_for_epoch(std::min(*copied_epoch, *latest_epoch));
  end = std::min(end, theirs.end_offset);
  if (theirs.epoch == *copied_epoch) return end;
  return std::min(end, copy.end_offset_for_epoch(theirs.epoch).end_offset);
}

base::Result<std::int64_t> copy_some(const Log& original, Log& copy, std::int32_t max_bytes) {
  base::Status done = cut_to_common(original, copy);
  if (!done.ok()) return done.error();
  protocol::Offset start = original.log_start_offset();
  if (copy.log_end_offset() < start) {
    done = copy.truncate_fully_and_start_at(start);
    if (!done.ok()) return done.error();
  }
  auto copied = take_over(original, copy, max_bytes);
  if (!copied.ok()) return copied;
  done = follow_offsets(original, copy);
  if (!done.ok()) return done.error();
  return copied;
}

base::Status copy_last_epochs(const Log& original, Log& copy) {
  for (const EpochEntry& entry : original.epochs().entries()) {
    auto latest = copy.latest_epoch();
    if (latest && entry.epoch <= *latest) continue;
    base::Status assigned = copy.assign_epoch_start(entry.epoch, entry.start_offset);
    if (!assigned.ok()) return assigned;
  }
  return {};
}

}  // namespace odradek::log
