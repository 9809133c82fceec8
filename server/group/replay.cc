#include "server/group/replay.h"

#include <utility>
#include <variant>

#include "protocol/errors.h"
#include "protocol/record/control_record.h"
#include "protocol/record/record_iterator.h"
#include "server/group/group_records.h"

namespace odradek::group {

using protocol::BatchView;
using protocol::Record;

void Replay::note_damage(protocol::Offset offset, const base::Error& error) {
  if (damaged_++ == 0) first_damage_ = "offset " + std::to_string(offset) + ": " + error.message;
}

void Replay::apply(const BatchView& batch) {
  base::Status intact = batch.check_crc();
  if (!intact) return note_damage(batch.base_offset(), intact.error());
  if (batch.is_control()) {
    // A control batch is left without its record once nobody needs it any more.
    base::Status applied = batch.record_count() == 0 ? base::Status() : apply_marker(batch);
    if (!applied) note_damage(batch.base_offset(), applied.error());
    return;
  }
  protocol::RecordIterator records(batch);
  while (const Record* record = records.next()) apply_record(batch, *record);
  if (!records.status()) note_damage(batch.base_offset(), records.status().error());
}

base::Status Replay::apply_marker(const BatchView& batch) {
  auto marker = protocol::decode_end_transaction_marker(batch);
  if (!marker) return marker.error();
  if (marker->type == protocol::ControlRecordType::kUnknown) return {};
  auto ended = open_.extract(batch.producer_id());
  if (ended.empty()) return {};
  bool is_committed = marker->type == protocol::ControlRecordType::kCommit;
  for (const std::string& group : ended.mapped()) {
    groups_[group].offsets.end_transaction(batch.producer_id(), is_committed);
  }
  return {};
}

void Replay::apply_record(const BatchView& batch, const Record& record) {
  if (!record.key) {
    return note_damage(record.offset, base::Error("a record without a key"));
  }
  auto key = read_group_record_key(*record.key);
  base::Status applied = key ? base::Status() : base::Status(key.error());
  if (key && std::holds_alternative<protocol::OffsetCommitKey>(*key)) {
    applied = apply_offset(batch, record, std::get<protocol::OffsetCommitKey>(*key));
  } else if (key && std::holds_alternative<protocol::GroupMetadataKey>(*key)) {
    applied = apply_metadata(record, std::get<protocol::GroupMetadataKey>(*key).group);
  }
  if (!applied) note_damage(record.offset, applied.error());
}

base::Status Replay::apply_offset(const BatchView& batch, const Record& record,
                                  const protocol::OffsetCommitKey& key) {
  protocol::TopicPartition partition{key.topic, key.partition};
  GroupOffsets& offsets = groups_[key.group].offsets;
  bool in_transaction = batch.is_transactional();
  if (!record.value) {
    if (in_transaction) {
      offsets.remove_in_transaction(batch.producer_id(), partition);
    } else {
      offsets.remove_committed(partition);
    }
    return {};
  }
  auto committed = read_offset_value(*record.value);
  if (!committed) return committed.error();
  if (in_transaction) {
    offsets.put_in_transaction(batch.producer_id(), partition, std::move(*committed),
                               record.offset);
    open_[batch.producer_id()].insert(key.group);
  } else {
    offsets.put(partition, std::move(*committed), record.offset);
  }
  return {};
}

base::Status Replay::apply_metadata(const Record& record, const std::string& group) {
  if (!record.value) {
    groups_[group].metadata.reset();
    return {};
  }
  auto metadata = read_metadata_value(*record.value);
  if (!metadata) return metadata.error();
  groups_[group].metadata = std::move(*metadata);
  return {};
}

std::map<std::string, ReplayedGroup> Replay::take() {
  std::erase_if(groups_, [](const auto& entry) {
    return !entry.second.metadata && !entry.second.offsets.has_any();
  });
  return std::move(groups_);
}

}  // namespace odradek::group
