#include "server/group/group_records.h"

#include <utility>

#include "protocol/errors.h"
#include "protocol/wire/versioned.h"

namespace odradek::group {
namespace {

using protocol::ErrorCode;
using protocol::GroupMetadataKey;
using protocol::GroupMetadataValue;
using protocol::OffsetCommitKey;
using protocol::OffsetCommitValue;

base::Error invalid(std::string text) {
  return base::Error(ErrorCode::kInvalidRecord, std::move(text));
}

template <class Message>
bool has_version(std::int16_t version) {
  return version >= Message::kApi.min && version <= Message::kApi.max;
}

template <class Message>
base::Result<Message> read(base::ByteView bytes) {
  auto message = protocol::read_versioned<Message>(bytes);
  if (!message) return invalid(message.error().message);
  return message;
}

base::Bytes offset_key(const std::string& group, const protocol::TopicPartition& partition) {
  return protocol::write_versioned(
      OffsetCommitKey{.group = group, .topic = partition.topic, .partition = partition.partition},
      OffsetCommitKey::kApi.max);
}

base::Bytes metadata_key(const std::string& group) {
  return protocol::write_versioned(GroupMetadataKey{.group = group}, GroupMetadataKey::kApi.max);
}

}  // namespace

GroupRecord offset_record(const std::string& group, const OffsetToCommit& offset,
                          config::InterBrokerProtocol between_brokers) {
  const CommittedOffset& committed = offset.committed;
  OffsetCommitValue value{.offset = committed.offset,
                          .leader_epoch = committed.leader_epoch,
                          .metadata = committed.metadata,
                          .commit_timestamp = committed.commit_time_ms,
                          .expire_timestamp = committed.expire_time_ms.value_or(-1)};
  std::int16_t version =
      config::offset_commit_value_version(between_brokers, committed.expire_time_ms.has_value());
  return {offset_key(group, offset.partition), protocol::write_versioned(value, version)};
}

GroupRecord offset_tombstone(const std::string& group, const protocol::TopicPartition& partition) {
  return {offset_key(group, partition), std::nullopt};
}

GroupRecord metadata_record(const std::string& group, const GroupMetadataValue& value,
                            config::InterBrokerProtocol between_brokers) {
  return {metadata_key(group),
          protocol::write_versioned(value, config::group_metadata_value_version(between_brokers))};
}

GroupRecord metadata_tombstone(const std::string& group) {
  return {metadata_key(group), std::nullopt};
}

base::Result<GroupRecordKey> read_group_record_key(base::ByteView key) {
  auto version = protocol::stored_version(key);
  if (!version) return invalid("a key too short for its version");
  if (has_version<OffsetCommitKey>(*version)) {
    auto read_key = read<OffsetCommitKey>(key);
    if (!read_key) return read_key.error();
    return GroupRecordKey(std::move(*read_key));
  }
  if (has_version<GroupMetadataKey>(*version)) {
    auto read_key = read<GroupMetadataKey>(key);
    if (!read_key) return read_key.error();
    return GroupRecordKey(std::move(*read_key));
  }
  return GroupRecordKey(UnknownKey{*version});
}

base::Result<CommittedOffset> read_offset_value(base::ByteView value) {
  auto stored = read<OffsetCommitValue>(value);
  if (!stored) return stored.error();
  CommittedOffset committed{.offset = stored->offset,
                            .leader_epoch = stored->leader_epoch,
                            .metadata = std::move(stored->metadata),
                            .commit_time_ms = stored->commit_timestamp};
  if (stored->expire_timestamp != -1) committed.expire_time_ms = stored->expire_timestamp;
  return committed;
}

base::Result<GroupMetadataValue> read_metadata_value(base::ByteView value) {
  auto stored = read<GroupMetadataValue>(value);
  if (!stored) return stored.error();
  // Version 0 had no rebalance timeout.
  if (*protocol::stored_version(value) == 0) {
    for (auto& member : stored->members) member.rebalance_timeout = member.session_timeout;
  }
  return stored;
}

}  // namespace odradek::group
