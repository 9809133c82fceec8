#include "server/log/producer_snapshot.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/record/control_record.h"
#include "server/log/batch_walker.h"
#include "server/log/segment.h"

namespace odradek::log {

namespace {

constexpr std::int16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 10;  // version, checksum, count
constexpr std::size_t kChecksummedFrom = 6;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kMaxSnapshotBytes = 1 << 30;

template <class T>
void put(base::Bytes& out, T value) {
  std::size_t at = out.size();
  out.resize(at + sizeof(T));
  base::store_big_endian(out.data() + at, value);
}

template <class T>
T take(base::ByteView& in) {
  T value = base::load_big_endian<T>(in.data());
  in = in.subspan(sizeof(T));
  return value;
}

void put_entry(base::Bytes& out, const ProducerEntry& entry) {
  ProducerBatch newest;
  if (!entry.batches.empty()) newest = entry.batches.back();
  put(out, entry.producer_id);
  put(out, entry.producer_epoch);
  put(out, newest.last_sequence);
  put(out, newest.last_offset);
  put(out, newest.offset_delta);
  put(out, entry.last_timestamp_ms);
  put(out, entry.coordinator_epoch);
  put(out, entry.transaction_first_offset.value_or(-1));
}

ProducerEntry take_entry(base::ByteView& in) {
  ProducerEntry entry;
  ProducerBatch newest;
  entry.producer_id = take<std::int64_t>(in);
  entry.producer_epoch = take<std::int16_t>(in);
  newest.last_sequence = take<std::int32_t>(in);
  newest.last_offset = take<std::int64_t>(in);
  newest.offset_delta = take<std::int32_t>(in);
  entry.last_timestamp_ms = take<std::int64_t>(in);
  entry.coordinator_epoch = take<std::int32_t>(in);
  auto first_offset = take<std::int64_t>(in);
  newest.timestamp_ms = entry.last_timestamp_ms;
  if (newest.last_offset >= 0) entry.batches.push_back(newest);
  if (first_offset >= 0) entry.transaction_first_offset = first_offset;
  return entry;
}

}  // namespace

std::string producer_snapshot_path(const std::string& directory, protocol::Offset offset) {
  return directory + "/" + segment_file_name(offset, kSnapshotSuffix);
}

base::Status write_producer_snapshot(const std::string& path,
                                     const std::vector<ProducerEntry>& entries) {
  base::Bytes bytes;
  bytes.reserve(kHeaderBytes + entries.size() * kEntryBytes);
  put(bytes, kVersion);
  put(bytes, std::uint32_t{0});
  put(bytes, static_cast<std::int32_t>(entries.size()));
  for (const ProducerEntry& entry : entries) put_entry(bytes, entry);
  base::store_big_endian(bytes.data() + 2,
                         base::crc32c(base::ByteView(bytes).subspan(kChecksummedFrom)));
  auto file = base::File::open(path, base::File::Mode::kTruncate);
  if (!file.ok()) return file.error();
  return file->write_at(bytes, 0);
}

base::Result<std::vector<ProducerEntry>> read_producer_snapshot(const std::string& path) {
  auto text = base::read_whole_file(path, kMaxSnapshotBytes);
  if (!text.ok()) return text.error();
  base::ByteView bytes = base::as_bytes(*text);
  if (bytes.size() < kHeaderBytes) return base::Error(path + " is too short");
  base::ByteView checksummed = bytes.subspan(kChecksummedFrom);
  auto version = take<std::int16_t>(bytes);
  if (version != kVersion) {
    return base::Error(path + " has version " + std::to_string(version) + ", known is 1");
  }
  if (take<std::uint32_t>(bytes) != base::crc32c(checksummed)) {
    return base::Error(path + " does not match its checksum");
  }
  auto count = take<std::int32_t>(bytes);
  if (count < 0 || bytes.size() != static_cast<std::size_t>(count) * kEntryBytes) {
    return base::Error(path + " does not hold the number of entries it states");
  }
  std::vector<ProducerEntry> entries;
  entries.reserve(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) entries.push_back(take_entry(bytes));
  return entries;
}

base::Result<std::vector<protocol::Offset>> list_producer_snapshots(const std::string& directory) {
  auto names = base::list_directory(directory);
  if (!names.ok()) return names.error();
  std::vector<protocol::Offset> offsets;
  for (const base::DirectoryEntry& entry : *names) {
    if (!entry.name.ends_with(kSnapshotSuffix)) continue;
    protocol::Offset offset = 0;
    const char* end = entry.name.data() + entry.name.size() - std::string(kSnapshotSuffix).size();
    auto parsed = std::from_chars(entry.name.data(), end, offset);
    if (parsed.ec == std::errc() && parsed.ptr == end) offsets.push_back(offset);
  }
  std::sort(offsets.begin(), offsets.end());
  return offsets;
}

base::Status remove_producer_snapshots(const std::string& directory, protocol::Offset from,
                                       protocol::Offset before) {
  auto offsets = list_producer_snapshots(directory);
  if (!offsets.ok()) return offsets.error();
  for (protocol::Offset offset : *offsets) {
    if (offset < from || offset >= before) continue;
    base::Status removed = base::remove_file(producer_snapshot_path(directory, offset));
    if (!removed.ok()) return removed;
  }
  return {};
}

base::Result<bool> replay_producers(ProducerStates& states, base::ByteView bytes,
                                    std::span<const BatchHeader> headers, TransactionIndex& index) {
  bool any = false;
  for (const BatchHeader& header : headers) {
    base::ByteView batch = bytes.first(static_cast<std::size_t>(header.size_bytes));
    bytes = bytes.subspan(batch.size());
    if (!header.has_producer_id()) continue;
    any = true;
    if (!header.control()) {
      states.update(header);
      continue;
    }
    auto marker = protocol::decode_end_transaction_marker(protocol::BatchView(batch));
    if (!marker.ok()) continue;  // a control record of another kind
    auto done = states.complete(header, marker->type == protocol::ControlRecordType::kAbort,
                                marker->coordinator_epoch);
    if (!done || !done->aborted) continue;
    base::Status indexed = index.append(
        {done->producer_id, done->first_offset, done->last_offset, done->last_stable_offset});
    if (!indexed.ok()) return indexed.error();
  }
  return any;
}

namespace {

// What the batch at `position` of `segment` says of its producer, markers included.
base::Status replay_producer(ProducerStates& states, Segment& segment, std::int64_t position,
                             const BatchHeader& header) {
  if (!header.has_producer_id()) return {};
  if (!header.control()) {
    states.update(header);
    return {};
  }
  base::Bytes bytes(static_cast<std::size_t>(header.size_bytes));
  auto read = segment.log_file().read_at(position, bytes);
  if (!read.ok()) return read.error();
  if (*read != bytes.size()) return base::Error(segment.log_file().path() + " ends too early");
  auto replayed = replay_producers(states, bytes, {&header, 1}, segment.transaction_index());
  return replayed.ok() ? base::Status() : base::Status(replayed.error());
}

bool begins_segment(const ProducerRebuild& rebuild, protocol::Offset offset) {
  return std::any_of(rebuild.segments.begin(), rebuild.segments.end(),
                     [&](const SegmentPtr& segment) { return segment->base_offset() == offset; });
}

// Loads the newest usable snapshot; from which offset on the log has to be read. Of the older ones
// those stay that a truncation to a segment's start would want.
base::Result<protocol::Offset> load_snapshot(const ProducerRebuild& rebuild,
                                             ProducerStates& states) {
  std::optional<protocol::Offset> loaded;
  for (auto offset = rebuild.snapshots.rbegin(); offset != rebuild.snapshots.rend(); ++offset) {
    std::string path = producer_snapshot_path(rebuild.directory, *offset);
    bool within = *offset <= std::min(rebuild.end_offset, rebuild.trusted_up_to) &&
                  *offset >= rebuild.log_start_offset;
    if (within && loaded && begins_segment(rebuild, *offset)) continue;
    if (within && !loaded) {
      auto entries = read_producer_snapshot(path);
      if (entries.ok()) {
        states.load(std::move(*entries));
        loaded = *offset;
        continue;
      }
      // The file may be sound, and the log may have lost the records it was made of.
      if (base::out_of_descriptors(entries.error())) return entries.error();
      LOG(WARNING) << "Producers are read from the log instead: " << entries.error().message;
    }
    if (rebuild.keeps_snapshots) continue;
    base::Status removed = base::remove_file(path);
    if (!removed.ok()) return removed.error();
  }
  return loaded.value_or(rebuild.log_start_offset);
}

}  // namespace

base::Result<ProducerStates> rebuild_producer_states(const ProducerRebuild& rebuild) {
  constexpr std::size_t kReadAheadBytes = 16 << 10;
  ProducerStates states;
  auto from = load_snapshot(rebuild, states);
  if (!from.ok()) return from.error();
  for (std::size_t i = 0; i < rebuild.segments.size() && *from < rebuild.end_offset; ++i) {
    Segment& segment = *rebuild.segments[i];
    bool below = i + 1 < rebuild.segments.size() && rebuild.segments[i + 1]->base_offset() <= *from;
    if (below) continue;
    auto start = segment.locate(*from, segment.size_bytes());
    if (!start.ok() && protocol::code_of(start.error()) == protocol::ErrorCode::kCorruptMessage) {
      // What cannot be read keeps no log from being opened or cut; readers are told when they come.
      LOG(WARNING) << "Producers are not read from all of the log: " << start.error().message;
      continue;
    }
    if (!start.ok()) return start.error();
    if (!start->has_value()) continue;
    BatchWalker walker(segment.log_file(), (*start)->position, segment.size_bytes(),
                       kReadAheadBytes);
    for (;;) {
      auto header = walker.next();
      if (!header.ok()) return header.error();
      if (!header->has_value() || (*header)->last_offset >= rebuild.end_offset) break;
      if ((*header)->last_offset < *from) continue;
      base::Status replayed = replay_producer(states, segment, walker.batch_position(), **header);
      if (!replayed.ok()) return replayed.error();
    }
  }
  return states;
}

}  // namespace odradek::log
