#include "server/log/segment_recovery.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/bytes.h"
#include "base/log.h"
#include "protocol/record/batch.h"
#include "server/log/batch_walker.h"

namespace odradek::log {

namespace {

constexpr std::size_t kReadBytes = 1 << 20;
// Below every offset that an entry of an index may hold, a damaged one's included.
constexpr protocol::Offset kBeforeAllEntries = std::numeric_limits<protocol::Offset>::min();

// Whole batches of a file with their bytes, read in large steps.
class BatchScanner {
 public:
  BatchScanner(CachedFile& file, std::int64_t position, std::int64_t end)
      : file_(file), position_(position), end_(end) {}

  std::int64_t position() const { return position_; }

  // The next batch when it is whole and its checksum right; position() moves behind it.
  base::Result<std::optional<BatchHeader>> next() {
    std::optional<BatchHeader> none;
    auto left = static_cast<std::size_t>(end_ - position_);
    base::Status filled = fill(std::min(left, BatchHeader::kMaxHeaderBytes));
    if (!filled.ok()) return filled.error();
    auto header = BatchHeader::parse(unread());
    if (!header || static_cast<std::size_t>(header->size_bytes) > left) return none;
    auto size = static_cast<std::size_t>(header->size_bytes);
    filled = fill(size);
    if (!filled.ok()) return filled.error();
    if (unread().size() < size) return none;
    if (!protocol::BatchView(unread().first(size)).check_crc().ok()) return none;
    position_ += header->size_bytes;
    return header;
  }

 private:
  base::ByteView unread() const {
    return base::ByteView(buffer_).subspan(static_cast<std::size_t>(position_ - buffer_position_));
  }

  // Has at least `size` bytes at position_, as far as the file goes.
  base::Status fill(std::size_t size) {
    if (unread().size() >= size) return {};
    auto left = static_cast<std::size_t>(end_ - position_);
    buffer_.resize(std::min(left, std::max(size, kReadBytes)));
    buffer_position_ = position_;
    auto read = file_.read_at(position_, buffer_);
    if (!read.ok()) return read.error();
    buffer_.resize(*read);
    return {};
  }

  CachedFile& file_;
  std::int64_t position_;
  const std::int64_t end_;
  std::int64_t buffer_position_ = position_;
  base::Bytes buffer_;
};

// Where the scan may begin.
struct ScanStart {
  OffsetPosition place;
  bool indexes_emptied = false;  // none of their entries can be believed
};

// By an index whose entries below the recovery point can be believed.
base::Result<ScanStart> find_start(Segment& segment, protocol::Offset recovery_point) {
  OffsetPosition from_start{segment.base_offset(), 0};
  auto offsets_sane = segment.offset_index().sane(segment.size_bytes());
  if (!offsets_sane.ok()) return offsets_sane.error();
  auto times_sane = segment.time_index().sane();
  if (!times_sane.ok()) return times_sane.error();
  bool usable = *offsets_sane && *times_sane && recovery_point > segment.base_offset();
  base::Status cut = segment.restart_indexes_at(usable ? recovery_point : kBeforeAllEntries);
  if (!cut.ok()) return cut.error();
  auto last = segment.offset_index().last();
  if (!last.ok()) return last.error();
  if (!last->has_value()) return ScanStart{from_start, !usable};
  if ((*last)->position >= 0 && (*last)->position < segment.size_bytes()) {
    BatchScanner scanner(segment.log_file(), (*last)->position, segment.size_bytes());
    auto header = scanner.next();
    if (!header.ok()) return header.error();
    if (header->has_value() && (*header)->last_offset == (*last)->offset) {
      return ScanStart{**last};
    }
  }
  LOG(WARNING) << segment.log_file().path()
               << ": the index does not fit the log, all of the segment is checked";
  cut = segment.restart_indexes_at(kBeforeAllEntries);
  if (!cut.ok()) return cut.error();
  return ScanStart{from_start, true};
}

void note_epoch(const BatchHeader& header, EpochCache& epochs) {
  if (header.leader_epoch < 0) return;
  auto latest = epochs.latest_epoch();
  if (latest && *latest >= header.leader_epoch) return;
  epochs.assign_unwritten(header.leader_epoch, header.base_offset);
}

}  // namespace

base::Result<RecoveredSegment> recover_segment(Segment& segment, protocol::Offset recovery_point,
                                               const LogOptions& options, EpochCache& epochs) {
  auto start = find_start(segment, recovery_point);
  if (!start.ok()) return start.error();
  std::int64_t position = start->place.position;
  BatchScanner scanner(segment.log_file(), position, segment.size_bytes());
  RecoveredSegment recovered{segment.base_offset(), position, 0, start->indexes_emptied};
  for (;;) {
    auto header = scanner.next();
    if (!header.ok()) return header.error();
    if (!header->has_value()) break;
    const BatchHeader& batch = **header;
    bool in_order = batch.last_offset >= recovered.next_offset &&
                    batch.last_offset - segment.base_offset() <= INT32_MAX &&
                    (batch.magic < 2 || batch.base_offset >= recovered.next_offset ||
                     recovered.size_bytes == position);
    if (!in_order) break;
    base::Status indexed =
        segment.index_batch(batch, recovered.size_bytes, options.index_interval_bytes);
    if (!indexed.ok()) return indexed.error();
    note_epoch(batch, epochs);
    recovered.next_offset = batch.last_offset + 1;
    recovered.size_bytes = scanner.position();
  }
  recovered.truncated_bytes = segment.size_bytes() - recovered.size_bytes;
  // Also where nothing is cut: it gives back space that was taken ahead.
  base::Status cut = segment.set_size(recovered.size_bytes);
  if (!cut.ok()) return cut.error();
  return recovered;
}

base::Status collect_epochs(Segment& segment, EpochCache& epochs) {
  BatchWalker walker(segment.log_file(), 0, segment.size_bytes());
  for (;;) {
    auto header = walker.next();
    if (!header.ok()) return header.error();
    if (!header->has_value()) return {};
    note_epoch(**header, epochs);
  }
}

}  // namespace odradek::log
