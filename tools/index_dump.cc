#include "tools/index_dump.h"

#include <algorithm>
#include <optional>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/file.h"
#include "protocol/record/record_iterator.h"
#include "tools/segment_reader.h"

namespace odradek::tools {
namespace {

constexpr std::size_t kMaxIndexBytes = std::size_t{2} << 30;
constexpr std::size_t kOffsetEntryBytes = 8;
constexpr std::size_t kTimeEntryBytes = 12;
constexpr std::size_t kTransactionEntryBytes = 34;
constexpr std::size_t kSnapshotHeaderBytes = 10;
constexpr std::size_t kSnapshotEntryBytes = 46;
constexpr std::size_t kSnapshotCrcEnd = 6;  // version and checksum stand before what it covers

// Takes numbers off the front; there must be enough.
class Fields {
 public:
  explicit Fields(base::ByteView bytes) : bytes_(bytes) {}

  template <class Number>
  Number take() {
    Number number = base::load_big_endian<Number>(bytes_.data());
    bytes_ = bytes_.subspan(sizeof(Number));
    return number;
  }

 private:
  base::ByteView bytes_;
};

struct IndexFile {
  std::string content;
  std::int64_t base_offset = 0;

  base::ByteView bytes() const { return base::as_bytes(content); }
  base::ByteView entry(std::size_t i, std::size_t size) const {
    return bytes().subspan(i * size, size);
  }
};

base::Result<IndexFile> read_index(const std::string& path) {
  auto offset = offset_of_file(path);
  if (!offset) return base::Error("For input string: the name of " + path + " holds no offset");
  auto content = base::read_whole_file(path, kMaxIndexBytes);
  if (!content) return content.error();
  return IndexFile{std::move(*content), *offset};
}

base::Status check_length(const std::string& path, const IndexFile& index, std::size_t entry) {
  if (index.content.size() % entry == 0) return {};
  return base::Error((entry == kTimeEntryBytes ? "Time index file " : "Index file ") + path +
                     " is corrupt, found " + std::to_string(index.content.size()) +
                     " bytes which is neither positive nor a multiple of " + std::to_string(entry));
}

base::Error at_entry(std::size_t position, const base::Error& error) {
  return base::Error("By the entry at position " + std::to_string(position) + ": " + error.message);
}

// Where the batch that holds an offset may begin, by the offset index; the start without one.
class OffsetLookup {
 public:
  OffsetLookup(base::ByteView index, std::int64_t base_offset)
      : index_(index), base_offset_(base_offset) {
    // Room that was never written is not searched.
    while (entries_ < index.size() / kOffsetEntryBytes &&
           (entries_ == 0 || offset_at(entries_) != base_offset)) {
      ++entries_;
    }
  }

  std::int64_t position_before(std::int64_t offset) const {
    std::size_t low = 0;
    std::size_t high = entries_;
    while (low < high) {
      std::size_t middle = (low + high) / 2;
      offset_at(middle) <= offset ? low = middle + 1 : high = middle;
    }
    if (low == 0) return 0;
    return base::load_big_endian<std::int32_t>(
        index_.subspan((low - 1) * kOffsetEntryBytes + sizeof(std::int32_t)).data());
  }

 private:
  std::int64_t offset_at(std::size_t i) const {
    return base_offset_ +
           base::load_big_endian<std::int32_t>(index_.subspan(i * kOffsetEntryBytes).data());
  }

  base::ByteView index_;
  std::int64_t base_offset_;
  std::size_t entries_ = 0;
};

// One producer of a snapshot.
std::string format_producer(base::ByteView entry) {
  Fields fields(entry);
  auto producer_id = fields.take<std::int64_t>();
  auto epoch = fields.take<std::int16_t>();
  auto last_sequence = fields.take<std::int32_t>();
  auto last_offset = fields.take<std::int64_t>();
  auto offset_delta = fields.take<std::int32_t>();
  auto timestamp = fields.take<std::int64_t>();
  auto coordinator_epoch = fields.take<std::int32_t>();
  auto first_offset = fields.take<std::int64_t>();
  std::string transaction = first_offset < 0 ? "OptionalLong.empty"
                                             : "OptionalLong[" + std::to_string(first_offset) + "]";
  std::string line = "producerId: " + std::to_string(producer_id) +
                     " producerEpoch: " + std::to_string(epoch) +
                     " coordinatorEpoch: " + std::to_string(coordinator_epoch) +
                     " currentTxnFirstOffset: " + transaction +
                     " lastTimestamp: " + std::to_string(timestamp) + " ";
  if (last_offset >= 0) {  // markers alone leave no batch to remember
    auto first_sequence = static_cast<std::int64_t>(last_sequence) - offset_delta;
    if (first_sequence < 0) first_sequence += std::int64_t{1} << 31;
    line += "firstSequence: " + std::to_string(first_sequence) +
            " lastSequence: " + std::to_string(last_sequence) +
            " lastOffset: " + std::to_string(last_offset) +
            " offsetDelta: " + std::to_string(offset_delta) +
            " timestamp: " + std::to_string(timestamp);
  }
  return line;
}

}  // namespace

void IndexDump::print(std::string line) const {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), out_);
}

base::Status IndexDump::dump_offset_index(const std::string& path) {
  auto index = read_index(path);
  if (!index) return index.error();
  std::size_t entries = index->content.size() / kOffsetEntryBytes;
  if (entries == 0) {
    print(path + " is empty.");
    return {};
  }
  auto offset_at = [&](std::size_t i) {
    return index->base_offset + Fields(index->entry(i, kOffsetEntryBytes)).take<std::int32_t>();
  };
  if (options_.sanity_only) {
    if (offset_at(entries - 1) < index->base_offset) {
      return base::Error(
          "Corrupt index found, index file (" + path +
          ") has non-zero size but the last offset is " + std::to_string(offset_at(entries - 1)) +
          " which is less than the base offset " + std::to_string(index->base_offset) + ".");
    }
    if (base::Status sane = check_length(path, *index, kOffsetEntryBytes); !sane) return sane;
    print(path + " passed sanity check.");
    return {};
  }
  auto log = SegmentReader::open(sibling_path(path, ".log"));
  if (!log) return log.error();
  for (std::size_t i = 0; i < entries; ++i) {
    Fields fields(index->entry(i, kOffsetEntryBytes));
    std::int64_t offset = index->base_offset + fields.take<std::int32_t>();
    std::int64_t position = fields.take<std::int32_t>();
    if (offset == index->base_offset && i > 0) return {};  // room that was never written
    if (base::Status sought = log->seek(position); !sought) {
      return at_entry(i * kOffsetEntryBytes, sought.error());
    }
    log->limit(position + options_.max_message_size);
    auto batch = log->next();
    if (!batch) return at_entry(i * kOffsetEntryBytes, batch.error());
    if (!batch->has_value()) {
      return at_entry(
          i * kOffsetEntryBytes,
          base::Error("No batch of at most " + std::to_string(options_.max_message_size) +
                      " bytes (--max-message-size) is in the log at position " +
                      std::to_string(position)));
    }
    std::int64_t found = (*batch)->last_offset();
    if (found != offset) mismatches_.offsets[path].emplace_back(offset, found);
    if (!options_.verify_only) {
      print("offset: " + std::to_string(offset) + " position: " + std::to_string(position));
    }
  }
  return {};
}

base::Status IndexDump::check_time_entry(const std::string& path, const TimeEntry& entry,
                                         std::int64_t previous_timestamp, SegmentReader& log) {
  for (;;) {
    auto batch = log.next();
    if (!batch) return batch.error();
    std::int64_t found = batch->has_value() ? (*batch)->last_offset() : -1;
    if (batch->has_value() && found < entry.offset) continue;
    if (found != entry.offset) {
      mismatches_.offsets_not_found[path].emplace_back(entry.offset, found);
      return {};
    }
    std::int64_t max_timestamp = protocol::kNoTimestamp;
    protocol::RecordIterator records(**batch);
    while (const protocol::Record* record = records.next()) {
      max_timestamp = std::max(max_timestamp, record->timestamp);
    }
    if (!records.status().ok()) return records.status();
    if (max_timestamp != entry.timestamp) {
      mismatches_.timestamps[path].emplace_back(entry.timestamp, max_timestamp);
    }
    if (previous_timestamp >= entry.timestamp) {
      mismatches_.timestamp_order[path].emplace_back(entry.timestamp, previous_timestamp);
    }
    return {};
  }
}

base::Status IndexDump::dump_time_index(const std::string& path) {
  auto index = read_index(path);
  if (!index) return index.error();
  std::size_t entries = index->content.size() / kTimeEntryBytes;
  auto entry_at = [&](std::size_t i) {
    Fields fields(index->entry(i, kTimeEntryBytes));
    std::int64_t timestamp = fields.take<std::int64_t>();
    return TimeEntry{timestamp, index->base_offset + fields.take<std::int32_t>()};
  };
  if (options_.sanity_only) {
    if (entries > 0 && entry_at(entries - 1).timestamp < entry_at(0).timestamp) {
      return base::Error("Corrupt time index found, time index file (" + path +
                         ") has non-zero size but the last timestamp is " +
                         std::to_string(entry_at(entries - 1).timestamp) +
                         " which is less than the first timestamp " +
                         std::to_string(entry_at(0).timestamp));
    }
    if (entries > 0 && entry_at(entries - 1).offset < index->base_offset) {
      return base::Error("Corrupt time index found, time index file (" + path +
                         ") has non-zero size but the last offset is " +
                         std::to_string(entry_at(entries - 1).offset) +
                         " which is less than the first offset " +
                         std::to_string(index->base_offset));
    }
    if (base::Status sane = check_length(path, *index, kTimeEntryBytes); !sane) return sane;
    print(path + " passed sanity check.");
    return {};
  }
  auto offsets = base::read_whole_file(sibling_path(path, ".index"), kMaxIndexBytes);
  if (!offsets) return offsets.error();
  auto log = SegmentReader::open(sibling_path(path, ".log"));
  if (!log) return log.error();
  const OffsetLookup lookup(base::as_bytes(*offsets), index->base_offset);
  std::int64_t previous = protocol::kNoTimestamp;
  for (std::size_t i = 0; i < entries; ++i) {
    TimeEntry entry = entry_at(i);
    if (entry.offset == index->base_offset && i > 0) return {};  // room that was never written
    base::Status checked = log->seek(lookup.position_before(entry.offset));
    if (checked.ok()) checked = check_time_entry(path, entry, previous, *log);
    if (!checked) return at_entry(i * kTimeEntryBytes, checked.error());
    if (!options_.verify_only) {
      print("timestamp: " + std::to_string(entry.timestamp) +
            " offset: " + std::to_string(entry.offset));
    }
    previous = entry.timestamp;
  }
  return {};
}

base::Status IndexDump::dump_transaction_index(const std::string& path) {
  auto index = read_index(path);
  if (!index) return index.error();
  std::string lines;  // all or, as upstream, nothing
  for (std::size_t i = 0; (i + 1) * kTransactionEntryBytes <= index->content.size(); ++i) {
    Fields fields(index->entry(i, kTransactionEntryBytes));
    // As upstream, which takes the first of the version's two bytes for the whole.
    int version = fields.take<std::int16_t>() >> 8;
    if (version > 0) {
      return at_entry(i * kTransactionEntryBytes,
                      base::Error("Unexpected aborted transaction version " +
                                  std::to_string(version) + ", current version is 0"));
    }
    if (i > 0) lines += '\n';
    lines += "version: " + std::to_string(version);
    for (const char* name : {"producerId", "firstOffset", "lastOffset", "lastStableOffset"}) {
      lines += std::string(" ") + name + ": " + std::to_string(fields.take<std::int64_t>());
    }
  }
  if (!lines.empty()) print(std::move(lines));
  return {};
}

base::Status IndexDump::dump_producer_snapshot(const std::string& path) {
  auto content = base::read_whole_file(path, kMaxIndexBytes);
  if (!content) return content.error();
  base::ByteView bytes = base::as_bytes(*content);
  auto corrupt = [&](const std::string& why) {
    std::fprintf(stderr, "%s\n  in %s\n", why.c_str(), path.c_str());
    return base::Status();
  };
  if (bytes.size() < kSnapshotHeaderBytes) {
    return corrupt("Snapshot failed schema validation: it ends at position " +
                   std::to_string(bytes.size()) + ", within its header");
  }
  Fields header(bytes);
  auto version = header.take<std::int16_t>();
  auto crc = header.take<std::uint32_t>();
  auto count = header.take<std::int32_t>();
  std::size_t room = (bytes.size() - kSnapshotHeaderBytes) / kSnapshotEntryBytes;
  if (count < 0 || static_cast<std::size_t>(count) > room) {
    return corrupt("Snapshot failed schema validation: it states " + std::to_string(count) +
                   " producers and has room for " + std::to_string(room));
  }
  if (version != 1) {
    return corrupt("Snapshot contained an unknown file version " + std::to_string(version));
  }
  std::uint32_t computed = base::crc32c(bytes.subspan(kSnapshotCrcEnd));
  if (crc != computed) {
    return corrupt("Snapshot is corrupt (CRC is no longer valid). Stored crc: " +
                   std::to_string(crc) + ". Computed crc: " + std::to_string(computed));
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    print(format_producer(bytes.subspan(kSnapshotHeaderBytes + i * kSnapshotEntryBytes)));
  }
  return {};
}

}  // namespace odradek::tools
