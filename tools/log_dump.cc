#include "tools/log_dump.h"

#include "base/endian.h"
#include "base/text.h"
#include "protocol/record/control_record.h"
#include "protocol/record/legacy.h"
#include "protocol/record/record_iterator.h"
#include "protocol/wire/utf8.h"
#include "tools/kraft/metadata_records.h"
#include "tools/segment_reader.h"

namespace odradek::tools {
namespace {

using protocol::BatchView;
using protocol::Record;

const char* yes_no(bool value) { return value ? "true" : "false"; }

std::string timestamp_name(const BatchView& batch) {
  if (batch.magic() == 0) return "NoTimestampType";
  return batch.timestamp_type() == protocol::TimestampType::kCreateTime ? "CreateTime"
                                                                        : "LogAppendTime";
}

std::string size_of(const OptionalBytes& bytes) {
  return bytes ? std::to_string(bytes->size()) : "-1";
}

std::string codec_of(const BatchView& batch) {
  auto codec = batch.codec();
  return codec ? std::string(protocol::codec_name(*codec))
               : "unknown(" + std::to_string(batch.codec_id()) + ")";
}

std::string record_head(const BatchView& batch, const Record& record) {
  return "offset: " + std::to_string(record.offset) + " " + timestamp_name(batch) + ": " +
         std::to_string(record.timestamp) + " keySize: " + size_of(record.key) +
         " valueSize: " + size_of(record.value);
}

std::string marker_of(const Record& record) {
  auto type = protocol::decode_control_type(record);
  if (!type) return " controlType: " + type.error().message;
  if (*type == protocol::ControlRecordType::kUnknown) {
    std::int16_t id =
        record.key && record.key->size() >= 2 * sizeof(std::int16_t)
            ? base::load_big_endian<std::int16_t>(record.key->data() + sizeof(std::int16_t))
            : std::int16_t{-1};
    auto text = quorum_control_text(id, record.value);
    return text ? *text : " controlType: " + text.error().message;
  }
  auto marker = protocol::decode_end_transaction_marker(record);
  if (!marker) return " endTxnMarker: " + marker.error().message;
  bool committed = marker->type == protocol::ControlRecordType::kCommit;
  return std::string(" endTxnMarker: ") + (committed ? "COMMIT" : "ABORT") +
         " coordinatorEpoch: " + std::to_string(marker->coordinator_epoch);
}

// What the name says of where the file begins, or of where what a KRaft snapshot holds ended.
base::Result<std::string> title_of(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name == "bootstrap.checkpoint") return std::string("KRaft bootstrap snapshot");
  if (!name.ends_with(".checkpoint")) {
    auto start = offset_of_file(path);
    if (!start) return base::Error("For input string: the name of " + path + " holds no offset");
    return "Log starting offset: " + std::to_string(*start);
  }
  constexpr std::size_t kOffsetWidth = 20;
  constexpr std::size_t kEpochWidth = 10;
  auto offset = base::parse_int<std::int64_t>(name.substr(0, kOffsetWidth), 0);
  std::optional<std::int32_t> epoch;
  if (name.size() > kOffsetWidth) {
    epoch = base::parse_int<std::int32_t>(name.substr(kOffsetWidth + 1, kEpochWidth), 0);
  }
  if (!offset || !epoch) {
    return base::Error("The name of " + path + " holds no offset and epoch of a snapshot");
  }
  return "Snapshot end offset: " + std::to_string(*offset) + ", epoch: " + std::to_string(*epoch);
}

}  // namespace

std::string format_batch(const BatchView& batch, std::int64_t position) {
  std::string line;
  if (batch.is_legacy()) {
    line = "offset: " + std::to_string(batch.last_offset());
  } else {
    auto horizon = batch.delete_horizon_ms();
    line = "baseOffset: " + std::to_string(batch.base_offset()) +
           " lastOffset: " + std::to_string(batch.last_offset()) +
           " count: " + std::to_string(batch.record_count()) +
           " baseSequence: " + std::to_string(batch.base_sequence()) +
           " lastSequence: " + std::to_string(batch.last_sequence()) +
           " producerId: " + std::to_string(batch.producer_id()) +
           " producerEpoch: " + std::to_string(batch.producer_epoch()) +
           " partitionLeaderEpoch: " + std::to_string(batch.partition_leader_epoch()) +
           " isTransactional: " + yes_no(batch.is_transactional()) +
           " isControl: " + yes_no(batch.is_control()) + " deleteHorizonMs: " +
           (horizon ? "OptionalLong[" + std::to_string(*horizon) + "]" : "OptionalLong.empty");
  }
  return line + " position: " + std::to_string(position) + " " + timestamp_name(batch) + ": " +
         std::to_string(batch.max_timestamp()) + " size: " + std::to_string(batch.size_bytes()) +
         " magic: " + std::to_string(batch.magic()) + " compresscodec: " + codec_of(batch) +
         " crc: " + std::to_string(batch.crc()) + " isvalid: " + yes_no(batch.check_crc().ok());
}

void LogDump::print(std::string line) const {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), out_);
}

void LogDump::check_offset(std::int64_t offset, const std::string& path) {
  if (last_offset_ != -1 && offset != last_offset_ + 1) {
    gaps_[path].emplace_back(last_offset_, offset);
  }
  last_offset_ = offset;
}

void LogDump::append_content(const Record& record, const std::string& separator,
                             std::string& line) const {
  RecordText text = options_.decoder(record);
  if (text.key) line += separator + "key: " + *text.key;
  if (text.value) line += " payload: " + *text.value;
}

base::Status LogDump::dump_records(const BatchView& batch, const std::string& path) {
  protocol::RecordIterator records(batch);
  while (const Record* record = records.next()) {
    check_offset(record->offset, path);
    std::string line;
    std::string separator = "| ";
    if (!options_.skip_record_metadata) {
      std::vector<std::string> names;
      for (const auto& header : record->headers())
        names.push_back(protocol::replace_malformed_utf8(base::as_bytes(header.key)));
      line = separator + record_head(batch, *record) +
             " sequence: " + std::to_string(record->sequence) + " headerKeys: [" +
             base::join(names, ",") + "]";
      if (batch.is_control()) line += marker_of(*record);
      separator = " ";
    }
    if (options_.print_content && !batch.is_control()) append_content(*record, separator, line);
    print(std::move(line));
  }
  return records.status();
}

base::Status LogDump::dump_legacy(const BatchView& batch, const std::string& path) {
  protocol::LegacyEntries entries(batch, {});
  while (const protocol::LegacyMessage* message = entries.next()) {
    Record record{.offset = entries.offset(),
                  .timestamp = message->timestamp(),
                  .key = message->key(),
                  .value = message->value(),
                  .magic = message->magic()};
    if (batch.timestamp_type() == protocol::TimestampType::kLogAppendTime) {
      record.timestamp = batch.max_timestamp();
    }
    check_offset(record.offset, path);
    std::string line;
    std::string separator = "| ";
    if (!options_.skip_record_metadata) {
      auto crc = base::load_big_endian<std::uint32_t>(message->bytes().data());
      // The brace at the end is upstream's.
      line = separator + record_head(batch, record) +
             " isValid: " + yes_no(message->check_crc().ok()) + " crc: " + std::to_string(crc) +
             "}";
      separator = " ";
    }
    if (options_.print_content) append_content(record, separator, line);
    print(std::move(line));
  }
  return entries.status();
}

base::Status LogDump::dump(const std::string& path) {
  for (const std::string& notice : options_.notices) print(notice);
  auto title = title_of(path);
  if (!title) return title.error();
  print(*title);
  auto reader = SegmentReader::open(path);
  if (!reader) return reader.error();
  reader->limit(options_.max_bytes);
  last_offset_ = -1;
  for (;;) {
    std::int64_t position = reader->position();
    auto batch = reader->next();
    if (!batch) return batch.error();
    if (!batch->has_value()) break;
    print(format_batch(**batch, position));
    if (!options_.deep) continue;
    base::Status dumped =
        (*batch)->is_legacy() ? dump_legacy(**batch, path) : dump_records(**batch, path);
    if (!dumped) {
      return base::Error("In the batch at position " + std::to_string(position) + ": " +
                         dumped.error().message);
    }
  }
  std::int64_t trailing = reader->size_bytes() - reader->position();
  if (trailing > 0 && options_.max_bytes == std::numeric_limits<std::int32_t>::max()) {
    print("Found " + std::to_string(trailing) + " invalid bytes at the end of " +
          path.substr(path.rfind('/') + 1));
  }
  return {};
}

}  // namespace odradek::tools
