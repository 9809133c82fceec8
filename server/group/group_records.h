// The records of __consumer_offsets: their keys and values between bytes and what they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/types.h"
#include "server/config/inter_broker_protocol.h"
#include "server/group/group_offsets.h"

namespace odradek::group {

// One record to write; without a value it is a tombstone.
struct GroupRecord {
  base::Bytes key;
  std::optional<base::Bytes> value;
};

// Of a kind that this broker does not know: left by a newer one, and to be left alone.
struct UnknownKey {
  std::int16_t version = -1;
};
using GroupRecordKey =
    std::variant<protocol::OffsetCommitKey, protocol::GroupMetadataKey, UnknownKey>;

// The versions of the values follow the protocol between the brokers, so that the oldest of them
// can read what the newest writes.
GroupRecord offset_record(const std::string& group, const OffsetToCommit& offset,
                          config::InterBrokerProtocol between_brokers);
GroupRecord offset_tombstone(const std::string& group, const protocol::TopicPartition& partition);
GroupRecord metadata_record(const std::string& group, const protocol::GroupMetadataValue& value,
                            config::InterBrokerProtocol between_brokers);
GroupRecord metadata_tombstone(const std::string& group);

// INVALID_RECORD for bytes that are no such key or value, or a version of the value that is not
// known.
base::Result<GroupRecordKey> read_group_record_key(base::ByteView key);
base::Result<CommittedOffset> read_offset_value(base::ByteView value);
base::Result<protocol::GroupMetadataValue> read_metadata_value(base::ByteView value);

}  // namespace odradek::group
