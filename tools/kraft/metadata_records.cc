#include "tools/kraft/metadata_records.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "protocol/wire/codec_definitions.h"
#include "protocol/wire/json_printer.h"
#include "protocol/wire/reader.h"
#include "tools/kraft/broker_records.h"
#include "tools/kraft/quorum_records.h"
#include "tools/kraft/remote_log_records.h"
#include "tools/kraft/security_records.h"
#include "tools/kraft/topic_records.h"

namespace odradek::tools {
namespace {

using protocol::Codec;

// Both logs put the same three numbers before a record.
struct Frame {
  std::int16_t type = 0;
  std::int16_t version = 0;
  std::span<std::uint8_t> body;
};

base::Result<std::int16_t> read_short(protocol::Reader& reader, const std::string& what) {
  auto number = static_cast<std::int32_t>(reader.unsigned_varint());
  if (!reader.ok()) return base::Error("Error while reading " + what);
  if (number > std::numeric_limits<std::int16_t>::max()) {
    return base::Error("Value for " + what + " was too large.");
  }
  return static_cast<std::int16_t>(number);
}

base::Result<Frame> read_frame(std::span<std::uint8_t> bytes) {
  protocol::Reader reader(bytes);
  auto frame_version = read_short(reader, "frame version");
  if (!frame_version) return frame_version.error();
  if (*frame_version == 0) {
    return base::Error(
        "Could not deserialize metadata record with frame version 0. Note that upgrades from the "
        "preview release of KRaft in 2.8 to newer versions are not supported.");
  }
  if (*frame_version != 1) {
    return base::Error("Could not deserialize metadata record due to unknown frame version " +
                       std::to_string(*frame_version) + "(only frame version 1 is supported)");
  }
  auto type = read_short(reader, "type");
  if (!type) return type.error();
  auto version = read_short(reader, "version");
  if (!version) return version.error();
  return Frame{.type = *type, .version = *version, .body = bytes.subspan(reader.position())};
}

// Upstream reads and prints a version that it does not know as the last that it knows.
template <class Record>
std::int16_t known_version(std::int16_t version) {
  return std::clamp(version, Record::kApi.min, Record::kApi.max);
}

template <class Record>
base::Result<Record> decode(const Frame& frame) {
  std::size_t used = 0;
  auto record = Codec<Record>::decode(frame.body, known_version<Record>(frame.version), &used);
  if (!record) {
    return base::Error("Failed to deserialize record with type " + std::to_string(frame.type));
  }
  if (used < frame.body.size()) {
    return base::Error("Found " + std::to_string(frame.body.size() - used) +
                       " byte(s) of garbage after " + std::to_string(frame.type));
  }
  return record;
}

// What show(record, frame) makes of `value` as the one of Records that has its type.
template <class... Records>
base::Result<std::string> text_of_frame(OptionalBytes value, auto show) {
  if (!value) return base::Error("The record has no value");
  base::Bytes copy(value->begin(), value->end());  // decoders want to be able to write
  auto frame = read_frame(copy);
  if (!frame) return frame.error();
  base::Result<std::string> text = base::Error(
      "org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id " +
      std::to_string(frame->type));
  auto take = [&]<class Record>(std::type_identity<Record>) {
    auto record = decode<Record>(*frame);
    text = record.ok() ? show(*record, *frame) : record.error();
  };
  (void)((frame->type == Records::kType && (take(std::type_identity<Records>()), true)) || ...);
  return text;
}

template <class Record>
std::string as_json(const Record& record, std::int16_t version) {
  protocol::JsonPrinter printer(known_version<Record>(version));
  printer.structure(record);
  return std::move(printer).take();
}

// REGISTER_BROKER_RECORD
std::string constant_name(std::string_view name) {
  std::string constant;
  bool after_small = false;
  for (char letter : name) {
    bool small = letter >= 'a' && letter <= 'z';
    if (!small && after_small) constant += '_';
    constant += small ? static_cast<char>(letter - 'a' + 'A') : letter;
    after_small = small;
  }
  return constant;
}

RecordText value_only(const protocol::Record& record, const char* at,
                      const base::Result<std::string>& text) {
  if (text) return {.value = *text};
  return {.value = std::string("Error at ") + at + std::to_string(record.offset) + ", skipping. " +
                   text.error().message};
}

std::string text_of(const RemotePartition& partition) {
  return partition.id.to_string() + ":" + partition.name + "-" +
         std::to_string(partition.partition);
}

std::string text_of(const RemoteSegmentId& id) {
  return "RemoteLogSegmentId{topicIdPartition=" + text_of(id.topic_id_partition) +
         ", id=" + id.id.to_string() + "}";
}

std::string text_of(const std::optional<base::Bytes>& custom_metadata) {
  if (!custom_metadata) return "Optional.empty";
  return "Optional[CustomMetadata{" + std::to_string(custom_metadata->size()) + " bytes}]";
}

std::string text_of(const std::vector<SegmentEpoch>& epochs) {
  std::map<std::int32_t, std::int64_t> last;
  for (const SegmentEpoch& epoch : epochs) last[epoch.leader_epoch] = epoch.offset;
  std::string text;
  for (const auto& [epoch, offset] : last) {
    text += (text.empty() ? "" : ", ") + std::to_string(epoch) + "=" + std::to_string(offset);
  }
  return "{" + text + "}";
}

template <std::size_t kCount>
std::optional<std::string> state_name(const std::array<const char*, kCount>& names,
                                      std::int8_t state) {
  if (state < 0 || static_cast<std::size_t>(state) >= kCount) return std::nullopt;
  return names[static_cast<std::size_t>(state)];
}

std::optional<std::string> segment_state(std::int8_t state) {
  constexpr std::array kNames{"COPY_SEGMENT_STARTED", "COPY_SEGMENT_FINISHED",
                              "DELETE_SEGMENT_STARTED", "DELETE_SEGMENT_FINISHED"};
  return state_name(kNames, state);
}

std::optional<std::string> deletion_state(std::int8_t state) {
  constexpr std::array kNames{"DELETE_PARTITION_MARKED", "DELETE_PARTITION_STARTED",
                              "DELETE_PARTITION_FINISHED"};
  return state_name(kNames, state);
}

const base::Error kNoState("state can not be null");
const base::Error kNoEpochs("segmentLeaderEpochs can not be null or empty");

base::Status check_offsets(std::int64_t start, std::int64_t end) {
  if (start < 0) {
    return base::Error("Unexpected start offset = " + std::to_string(start) +
                       ". StartOffset for a remote segment cannot be negative");
  }
  if (end < start) {
    return base::Error("Unexpected end offset = " + std::to_string(end) +
                       ". EndOffset for a remote segment cannot be less than startOffset = " +
                       std::to_string(start));
  }
  return {};
}

base::Result<std::string> show(const RemoteLogSegmentMetadataRecord& record) {
  if (base::Status checked = check_offsets(record.start_offset, record.end_offset); !checked) {
    return checked.error();
  }
  if (record.segment_leader_epochs.empty()) return kNoEpochs;
  auto state = segment_state(record.remote_log_segment_state);
  if (!state) return kNoState;
  return "RemoteLogSegmentMetadata{remoteLogSegmentId=" + text_of(record.remote_log_segment_id) +
         ", startOffset=" + std::to_string(record.start_offset) +
         ", endOffset=" + std::to_string(record.end_offset) +
         ", brokerId=" + std::to_string(record.broker_id) +
         ", maxTimestampMs=" + std::to_string(record.max_timestamp_ms) +
         ", eventTimestampMs=" + std::to_string(record.event_timestamp_ms) +
         ", segmentLeaderEpochs=" + text_of(record.segment_leader_epochs) +
         ", segmentSizeInBytes=" + std::to_string(record.segment_size_in_bytes) +
         ", customMetadata=" + text_of(record.custom_metadata) + ", state=" + *state + "}";
}

base::Result<std::string> show(const RemoteLogSegmentMetadataUpdateRecord& record) {
  auto state = segment_state(record.remote_log_segment_state);
  if (!state) return kNoState;
  return "RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=" +
         text_of(record.remote_log_segment_id) +
         ", customMetadata=" + text_of(record.custom_metadata) + ", state=" + *state +
         ", eventTimestampMs=" + std::to_string(record.event_timestamp_ms) +
         ", brokerId=" + std::to_string(record.broker_id) + "}";
}

base::Result<std::string> show(const RemotePartitionDeleteMetadataRecord& record) {
  auto state = deletion_state(record.remote_partition_delete_state);
  if (!state) return base::Error("null");  // upstream has no words for it
  return "RemotePartitionDeleteMetadata{topicPartition=" + text_of(record.topic_id_partition) +
         ", state=" + *state + ", eventTimestampMs=" + std::to_string(record.event_timestamp_ms) +
         ", brokerId=" + std::to_string(record.broker_id) + "}";
}

base::Result<std::string> show(const RemoteLogSegmentMetadataSnapshotRecord& record) {
  auto state = segment_state(record.remote_log_segment_state);
  if (!state) return kNoState;
  if (record.segment_leader_epochs.empty()) return kNoEpochs;
  return "RemoteLogSegmentMetadataSnapshot{segmentId=" + record.segment_id.to_string() +
         ", startOffset=" + std::to_string(record.start_offset) +
         ", endOffset=" + std::to_string(record.end_offset) +
         ", maxTimestampMs=" + std::to_string(record.max_timestamp_ms) +
         ", segmentLeaderEpochs=" + text_of(record.segment_leader_epochs) +
         ", segmentSizeInBytes=" + std::to_string(record.segment_size_in_bytes) +
         ", customMetadata=" + text_of(record.custom_metadata) + ", state=" + *state + "}";
}

// They have one version, and say so within.
template <class Record>
base::Result<std::string> control_text(const char* title, OptionalBytes value) {
  if (!value) return base::Error("The control record has no value");
  base::Bytes copy(value->begin(), value->end());
  auto record = Codec<Record>::decode(copy, 0);
  if (!record) return record.error();
  return std::string(" ") + title + " " + as_json(*record, 0);
}

}  // namespace

RecordText dump_cluster_metadata_record(const protocol::Record& record) {
  auto show_json = []<class Record>(const Record& content,
                                    const Frame& frame) -> base::Result<std::string> {
    return "{\"type\":\"" + constant_name(Record::kApi.name) +
           "\",\"version\":" + std::to_string(frame.version) +
           ",\"data\":" + as_json(content, frame.version) + "}";
  };
  auto text =
      text_of_frame<RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord,
                    ConfigRecord, PartitionChangeRecord, FenceBrokerRecord, UnfenceBrokerRecord,
                    RemoveTopicRecord, DelegationTokenRecord, UserScramCredentialRecord,
                    FeatureLevelRecord, ClientQuotaRecord, ProducerIdsRecord,
                    BrokerRegistrationChangeRecord, AccessControlEntryRecord,
                    RemoveAccessControlEntryRecord, NoOpRecord, ZkMigrationStateRecord,
                    RemoveUserScramCredentialRecord, BeginTransactionRecord, EndTransactionRecord,
                    AbortTransactionRecord, RemoveDelegationTokenRecord, RegisterControllerRecord>(
          record.value, show_json);
  return value_only(record, "", text);
}

RecordText dump_remote_log_record(const protocol::Record& record) {
  auto text =
      text_of_frame<RemoteLogSegmentMetadataRecord, RemoteLogSegmentMetadataUpdateRecord,
                    RemotePartitionDeleteMetadataRecord, RemoteLogSegmentMetadataSnapshotRecord>(
          record.value, [](const auto& content, const Frame&) { return show(content); });
  return value_only(record, "offset ", text);
}

base::Result<std::string> quorum_control_text(std::int16_t type, OptionalBytes value) {
  constexpr std::int16_t kLeaderChange = 2;
  switch (type) {
    case kLeaderChange:
      return std::string(" controlType: LEADER_CHANGE(2)");
    case SnapshotHeaderRecord::kType:
      return control_text<SnapshotHeaderRecord>("SnapshotHeader", value);
    case SnapshotFooterRecord::kType:
      return control_text<SnapshotFooterRecord>("SnapshotFooter", value);
    case KRaftVersionRecord::kType:
      return control_text<KRaftVersionRecord>("KRaftVersion", value);
    case VotersRecord::kType:
      return control_text<VotersRecord>("KRaftVoters", value);
    default:
      return " controlType: UNKNOWN(" + std::to_string(type) + ")";
  }
}

}  // namespace odradek::tools
