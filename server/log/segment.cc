#include "server/log/segment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "server/log/batch_walker.h"

namespace odradek::log {

namespace {

// Space is taken ahead in steps as large as the file is, within these, so that idle partitions take
// none.
constexpr std::int64_t kReserveFromBytes = 1 << 20;
constexpr std::int64_t kMaxReserveStepBytes = 64 << 20;
constexpr std::int64_t kLargeBatchBytes = 8 << 10;

std::string path_of(const std::string& directory, protocol::Offset base_offset,
                    const char* suffix) {
  return directory + "/" + segment_file_name(base_offset, suffix);
}

// The first failure of several steps that are all to be tried; one of the disk, which has no code,
// before the others.
base::Status first_error(std::initializer_list<base::Status> steps) {
  base::Status first;
  for (const base::Status& step : steps) {
    if (step.ok()) continue;
    if (step.error().code == -1) return step;
    if (first.ok()) first = step;
  }
  return first;
}

}  // namespace

std::string segment_file_name(protocol::Offset base_offset, const char* suffix) {
  char name[64];
  std::snprintf(name, sizeof(name), "%020lld%s", static_cast<long long>(base_offset), suffix);
  return name;
}

Segment::Segment(FileCache& cache, const std::string& directory, protocol::Offset base_offset,
                 std::int64_t size_bytes, std::int64_t created_ms, const std::string& suffix)
    : base_offset_(base_offset),
      created_ms_(created_ms),
      log_file_(cache, path_of(directory, base_offset, kLogSuffix) + suffix),
      offset_index_(cache, path_of(directory, base_offset, kIndexSuffix) + suffix, base_offset),
      time_index_(cache, path_of(directory, base_offset, kTimeIndexSuffix) + suffix, base_offset),
      transaction_index_(cache, path_of(directory, base_offset, kTransactionIndexSuffix) + suffix),
      size_bytes_(size_bytes) {}

base::Status Segment::create() {
  fully_indexed_.store(size_bytes() == 0);
  return first_error(
      {log_file_.create(), offset_index_.file().create(), time_index_.file().create()});
}

void Segment::reserve(std::int64_t needed_bytes, const LogOptions& options) {
  if (needed_bytes <= reserved_bytes_) return;
  if (needed_bytes < kReserveFromBytes && !options.preallocate) return;
  std::int64_t step = std::min(needed_bytes, kMaxReserveStepBytes);
  std::int64_t ahead = options.preallocate ? options.segment_bytes : needed_bytes + step;
  std::int64_t to = std::max(needed_bytes, std::min<std::int64_t>(ahead, options.segment_bytes));
  std::int64_t from = size_bytes();
  // A disk without room says so at the write.
  if (log_file_.allocate(from, to - from).ok()) reserved_bytes_ = to;
}

base::Status Segment::append(std::span<const base::ByteView> parts,
                             std::span<const BatchHeader> headers, const LogOptions& options) {
  std::int64_t position = size_bytes();
  std::int64_t end = position;
  for (base::ByteView part : parts) end += static_cast<std::int64_t>(part.size());
  reserve(end, options);
  base::Status done = log_file_.write_parts_at(position, parts);
  for (const BatchHeader& header : headers) {
    if (!done.ok()) break;
    done = index_batch(header, position, options.index_interval_bytes);
    position += header.size_bytes;
  }
  if (!done.ok()) {
    base::Status undone = undo_append(headers.front().base_offset);
    if (!undone.ok()) LOG(WARNING) << log_file_.path() << ": " << undone.error().message;
    return done;
  }
  DCHECK_EQ(position, end);
  size_bytes_.store(end, std::memory_order_release);
  return {};
}

base::Status Segment::undo_append(protocol::Offset offset) {
  return first_error({restart_indexes_at(offset), set_size(size_bytes())});
}

base::Status Segment::index_batch(const BatchHeader& header, std::int64_t position,
                                  std::int32_t index_interval_bytes) {
  TimestampOffset newest;
  {
    base::MutexLock lock(mutex_);
    base::Status loaded = load_timestamps();
    if (!loaded.ok()) return loaded;
    note_timestamp(header, position);
    newest = max_timestamp_;
  }
  if (bytes_since_index_entry_ > index_interval_bytes) {
    base::Status indexed =
        first_error({offset_index_.append(header.last_offset, static_cast<std::int32_t>(position)),
                     time_index_.append(newest.timestamp_ms, newest.offset)});
    if (!indexed.ok()) return indexed;
    bytes_since_index_entry_ = 0;
  } else if (position > 0) {
    fully_indexed_.store(false);
  }
  bytes_since_index_entry_ += header.size_bytes;
  return {};
}

void Segment::note_timestamp(const BatchHeader& header, std::int64_t position) {
  if (position == 0) first_timestamp_ms_ = header.max_timestamp_ms;
  if (header.max_timestamp_ms > max_timestamp_.timestamp_ms) {
    max_timestamp_ = {header.max_timestamp_ms, header.last_offset};
  }
}

base::Status Segment::load_timestamps() {
  if (timestamps_loaded_) return {};
  max_timestamp_ = {};
  first_timestamp_ms_ = protocol::kNoTimestamp;
  if (size_bytes() > 0) {
    BatchWalker first(log_file_, 0, size_bytes(), BatchHeader::kMaxHeaderBytes);
    auto header = first.next();
    if (!header.ok()) return header.error();
    if (header->has_value()) note_timestamp(**header, 0);
    auto newest = time_index_.last();
    if (!newest.ok()) return newest.error();
    if (newest->has_value()) max_timestamp_ = **newest;
    auto walker = walk_tail();
    if (!walker.ok()) return walker.error();
    for (;;) {
      header = walker->next();
      if (!header.ok()) return header.error();
      if (!header->has_value()) break;
      note_timestamp(**header, walker->batch_position());
    }
  }
  timestamps_loaded_ = true;
  return {};
}

base::Result<TimestampOffset> Segment::max_timestamp() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load_timestamps();
  if (!loaded.ok()) return loaded.error();
  return max_timestamp_;
}

base::Result<std::int64_t> Segment::first_timestamp_ms() {
  base::MutexLock lock(mutex_);
  base::Status loaded = load_timestamps();
  if (!loaded.ok()) return loaded.error();
  return first_timestamp_ms_;
}

base::Result<std::int64_t> Segment::largest_timestamp_ms() {
  auto newest = max_timestamp();
  if (!newest.ok()) return newest.error();
  if (newest->timestamp_ms >= 0) return newest->timestamp_ms;
  return modified_ms();
}

base::Result<std::int64_t> Segment::modified_ms() const {
  auto attributes = base::path_attributes(log_file_.path());
  if (!attributes.ok()) return attributes.error();
  return attributes->modified_ms;
}

base::Result<std::optional<Segment::Located>> Segment::batch_at(std::int64_t position,
                                                                std::int64_t end_position,
                                                                protocol::Offset target) {
  std::optional<Located> none;
  std::array<std::uint8_t, BatchHeader::kMaxHeaderBytes> bytes;
  auto read = log_file_.read_at(position, bytes);
  if (!read.ok()) return read.error();
  auto header = BatchHeader::parse(base::ByteView(bytes).first(*read));
  // Of an old compressed entry only the last offset is known.
  bool holds = header && header->magic >= 2 && header->base_offset <= target &&
               header->last_offset >= target && header->size_bytes <= end_position - position;
  return holds ? std::optional(Located{position, *header}) : none;
}

base::Status Segment::set_modified_ms(std::int64_t modified_ms) {
  std::string path = log_file_.path();
  timespec time{.tv_sec = modified_ms / 1000, .tv_nsec = modified_ms % 1000 * 1'000'000};
  std::array<timespec, 2> times{timespec{.tv_nsec = UTIME_OMIT}, time};
  if (::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0) return {};
  return base::Error("cannot set the time of " + path);
}

base::Result<Segment::Walked> Segment::walk_to(protocol::Offset target, std::int64_t end_position) {
  auto around = offset_index_.neighbours(target);
  if (!around.ok()) return around.error();
  const OffsetPosition& start = around->before;
  // Between entries so far apart lies hardly a batch: the next one is likely that of the target.
  if (around->behind && around->behind->position - start.position > kLargeBatchBytes &&
      around->behind->position < end_position) {
    auto next = batch_at(around->behind->position, end_position, target);
    if (!next.ok()) return next.error();
    if (next->has_value()) return Walked{*next, {}};
  }
  std::int64_t position = start.position >= end_position ? 0 : start.position;
  BatchWalker walker(log_file_, position, end_position);
  auto header = walker.next();
  if (!header.ok()) return header.error();
  // An entry that leads behind its own offset, or to no batch, is damaged: without the index then.
  bool astray = !header->has_value() || (*header)->base_offset > start.offset;
  if (position > 0 && astray) {
    walker = BatchWalker(log_file_, 0, end_position);
    header = walker.next();
  }
  protocol::Offset next_offset = base_offset_;
  while (header.ok() && header->has_value() && (*header)->last_offset < target) {
    next_offset = (*header)->last_offset + 1;
    header = walker.next();
  }
  if (!header.ok()) return header.error();
  if (header->has_value()) return Walked{Located{walker.batch_position(), **header}, {}};
  return Walked{std::nullopt, {next_offset, walker.position()}};
}

base::Result<std::optional<Segment::Located>> Segment::locate(protocol::Offset target,
                                                              std::int64_t end_position) {
  auto walked = walk_to(target, end_position);
  if (!walked.ok()) return walked.error();
  if (walked->found || walked->end.position >= end_position) return walked->found;
  return base::Error(protocol::ErrorCode::kCorruptMessage,
                     log_file_.path() + ": no batch begins at byte " +
                         std::to_string(walked->end.position) + ", which should hold one");
}

base::Result<std::optional<Segment::Extent>> Segment::indexed_extent(protocol::Offset target,
                                                                     std::int64_t end_position) {
  std::optional<Extent> extent;
  if (!fully_indexed_.load()) return extent;
  auto bounds = offset_index_.bounds_in_full(target);
  if (!bounds.ok()) return bounds.error();
  if (!bounds->has_value() || (*bounds)->position >= end_position) return extent;
  std::int64_t position = (*bounds)->position;
  std::int64_t end = std::min((*bounds)->next_position.value_or(end_position), end_position);
  return std::optional<Extent>({position, end - position});
}

base::Result<protocol::Offset> Segment::truncate_to(protocol::Offset offset) {
  auto walked = walk_to(offset, size_bytes());
  if (!walked.ok()) return walked.error();
  End end{offset, size_bytes()};
  if (walked->found) {
    const BatchHeader& header = walked->found->header;
    end.position = walked->found->position;
    if (header.magic >= 2 && header.base_offset < offset) end.next_offset = header.base_offset;
  } else if (walked->end.position < size_bytes()) {
    LOG(WARNING) << log_file_.path() << ": cut at byte " << walked->end.position << ", offset "
                 << walked->end.next_offset << ", instead of offset " << offset
                 << ": no batch begins there, which hides where that is";
    end = walked->end;
  }
  if (end.position == size_bytes()) return offset;
  base::Status done = restart_indexes_at(end.next_offset);
  if (!done.ok()) return done.error();
  done = set_size(end.position);
  if (!done.ok()) return done.error();
  return end.next_offset;
}

base::Status Segment::restart_indexes_at(protocol::Offset offset) {
  base::Status cut =
      first_error({offset_index_.truncate_to(offset), time_index_.truncate_to(offset),
                   transaction_index_.truncate_to(offset)});
  if (!cut.ok()) return cut;
  auto newest = time_index_.last();
  if (!newest.ok()) return newest.error();
  base::MutexLock lock(mutex_);
  // What lies behind is not to be believed before it was checked; see set_size().
  timestamps_loaded_ = true;
  max_timestamp_ = newest->value_or(TimestampOffset());
  first_timestamp_ms_ = protocol::kNoTimestamp;
  bytes_since_index_entry_ = 0;
  return {};
}

base::Status Segment::set_size(std::int64_t size_bytes) {
  base::Status cut = log_file_.truncate(size_bytes);
  if (!cut.ok()) return cut;
  reserved_bytes_ = 0;
  size_bytes_.store(size_bytes, std::memory_order_release);
  base::MutexLock lock(mutex_);
  timestamps_loaded_ = false;
  return {};
}

base::Result<BatchWalker> Segment::walk_tail() {
  auto newest = offset_index_.last();
  if (!newest.ok()) return newest.error();
  std::int64_t position = newest->has_value() ? (*newest)->position : 0;
  // A damaged entry; one that leads to no batch shows by an end that is not that of the file.
  if (position < 0 || position >= size_bytes()) position = 0;
  return BatchWalker(log_file_, position, size_bytes());
}

base::Result<Segment::End> Segment::find_end() {
  auto walker = walk_tail();
  if (!walker.ok()) return walker.error();
  End end{base_offset_, 0};
  for (;;) {
    auto header = walker->next();
    if (!header.ok()) return header.error();
    end.position = walker->position();
    if (!header->has_value()) return end;
    end.next_offset = (*header)->last_offset + 1;
  }
}

base::Status Segment::flush() {
  base::Status synced = first_error({log_file_.sync(), offset_index_.file().sync(),
                                     time_index_.file().sync(), transaction_index_.sync()});
  // A truncation or retention took the files away meanwhile: nothing of them is to be on disk.
  if (!synced.ok() && gone()) return {};
  return synced;
}

base::Status Segment::write_pending_index_entries() {
  return first_error({offset_index_.file().write_pending(), time_index_.file().write_pending()});
}

base::Status Segment::become_inactive() {
  auto newest = max_timestamp();
  if (!newest.ok()) return newest.error();
  base::Status done = time_index_.append(newest->timestamp_ms, newest->offset);
  if (!done.ok()) return done;
  done = write_pending_index_entries();
  if (!done.ok()) return done;
  offset_index_.file().release_memory();
  time_index_.file().release_memory();
  if (reserved_bytes_ <= size_bytes()) return {};
  reserved_bytes_ = 0;
  return log_file_.truncate(size_bytes());
}

base::Status Segment::change_suffix(const std::string& from, const std::string& to) {
  auto changed = [&](const std::string& path) {
    DCHECK(path.ends_with(from)) << path;
    return path.substr(0, path.size() - from.size()) + to;
  };
  return first_error({log_file_.rename(changed(log_file_.path())),
                      offset_index_.file().rename(changed(offset_index_.file().path())),
                      time_index_.file().rename(changed(time_index_.file().path())),
                      transaction_index_.file().rename(changed(transaction_index_.file().path()))});
}

void Segment::directory_moved(const std::string& directory) {
  auto moved = [&](const std::string& path) {
    return directory + path.substr(path.find_last_of('/'));
  };
  log_file_.moved(moved(log_file_.path()));
  offset_index_.file().moved(moved(offset_index_.file().path()));
  time_index_.file().moved(moved(time_index_.file().path()));
  transaction_index_.file().moved(moved(transaction_index_.file().path()));
}

base::Status Segment::remove() {
  return first_error({log_file_.remove(), offset_index_.file().remove(),
                      time_index_.file().remove(), transaction_index_.file().remove()});
}

}  // namespace odradek::log
