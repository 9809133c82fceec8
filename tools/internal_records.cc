#include "tools/internal_records.h"

#include <array>
#include <type_traits>

#include "base/base64.h"
#include "base/endian.h"
#include "base/result.h"
#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"
#include "protocol/messages/consumer_protocol.h"
#include "protocol/wire/json_printer.h"

namespace odradek::tools {
namespace {

constexpr std::array<const char*, 8> kTransactionStates{
    "Empty",          "Ongoing",       "PrepareCommit", "PrepareAbort",
    "CompleteCommit", "CompleteAbort", "Dead",          "PrepareEpochFence"};

// Every such key and value starts with the version of what follows.
struct Versioned {
  std::int16_t version = -1;
  base::ByteView body;
};

std::optional<Versioned> split_version(OptionalBytes bytes) {
  if (!bytes || bytes->size() < sizeof(std::int16_t)) return std::nullopt;
  return Versioned{base::load_big_endian<std::int16_t>(bytes->data()),
                   bytes->subspan(sizeof(std::int16_t))};
}

template <class Message>
bool has_version(const Versioned& bytes) {
  return bytes.version >= Message::kApi.min && bytes.version <= Message::kApi.max;
}

template <class Message>
base::Result<Message> decode(const Versioned& bytes) {
  if (!has_version<Message>(bytes)) {
    return base::Error("Unknown version " + std::to_string(bytes.version) + " of " +
                       std::string(Message::kApi.name));
  }
  base::Bytes copy(bytes.body.begin(), bytes.body.end());  // the codec wants to be able to write
  return protocol::Codec<Message>::decode(copy, bytes.version);
}

template <class Message>
base::Result<std::string> as_json(const Versioned& bytes) {
  auto message = decode<Message>(bytes);
  if (!message) return message.error();
  protocol::JsonPrinter printer(bytes.version);
  printer.structure(*message);
  return std::move(printer).take();
}

std::string labelled(const char* label, const std::string& version, const std::string& data) {
  return std::string("{\"") + label + "\":" + version + ",\"data\":" + data + "}";
}

std::string quoted(std::int16_t number) { return "\"" + std::to_string(number) + "\""; }

// {"key":{…},"value":{…}} of a record whose key is a Key.
template <class Key, class Value>
std::optional<std::string> format_json(OptionalBytes key, OptionalBytes value) {
  auto key_bytes = split_version(key);
  if (!key_bytes || !has_version<Key>(*key_bytes)) return std::nullopt;
  auto key_json = as_json<Key>(*key_bytes);
  if (!key_json) return std::nullopt;
  std::string text = "{\"key\":";
  text += labelled("version", std::to_string(key_bytes->version), *key_json) + ",\"value\":";
  if (!value) return text + "null}\n";
  auto value_bytes = split_version(value);
  base::Result<std::string> value_json =
      value_bytes ? as_json<Value>(*value_bytes) : base::Error("no version");
  return text +
         labelled("version", std::to_string(value_bytes ? value_bytes->version : 0),
                  value_json.ok() ? *value_json : "\"unknown\"") +
         "}\n";
}

// Puts what `bytes` say as a Message in place of their base64 in `json`; leaves what is no Message.
template <class Message>
void show_embedded(const char* field, const base::Bytes& bytes, std::string& json) {
  auto versioned = split_version(bytes);
  if (!versioned) return;
  auto shown = as_json<Message>(*versioned);
  std::string member = std::string("\"") + field + "\":";
  std::string hidden = member + "\"" + base::base64_encode(bytes) + "\"";
  std::size_t at = json.find(hidden);
  if (!shown || at == std::string::npos) return;
  json.replace(at, hidden.size(), member + *shown);
}

// Consumers' subscriptions and assignments are messages of their own within the members' bytes.
void show_members(const Versioned& bytes, std::string& json) {
  auto group = decode<protocol::GroupMetadataValue>(bytes);
  if (!group || group->protocol_type != "consumer") return;
  for (const auto& member : group->members) {
    show_embedded<protocol::ConsumerProtocolSubscription>("subscription", member.subscription,
                                                          json);
    show_embedded<protocol::ConsumerProtocolAssignment>("assignment", member.assignment, json);
  }
}

RecordText unreadable(protocol::Offset offset, const base::Error& error) {
  return {.key = "Error at offset " + std::to_string(offset) + ", skipping. " + error.message};
}

template <class Value>
base::Result<std::string> dump_value(OptionalBytes value) {
  if (!value) return std::string("<DELETE>");
  auto bytes = split_version(value);
  if (!bytes) return base::Error("The value is too short");
  auto json = as_json<Value>(*bytes);
  if (!json) return json.error();
  if constexpr (std::is_same_v<Value, protocol::GroupMetadataValue>) show_members(*bytes, *json);
  return labelled("version", quoted(bytes->version), *json);
}

std::string partitions_text(const protocol::TransactionLogValue& value) {
  std::string text = "[";
  const char* separator = "";
  if (value.transaction_partitions) {
    for (const auto& topic : *value.transaction_partitions) {
      for (std::int32_t partition : topic.partition_ids) {
        text += separator + topic.topic + "-" + std::to_string(partition);
        separator = ",";
      }
    }
  }
  return text + "]";
}

std::string state_name(std::int8_t status) {
  bool known = status >= 0 && static_cast<std::size_t>(status) < kTransactionStates.size();
  return known ? kTransactionStates[static_cast<std::size_t>(status)]
               : "Unknown(" + std::to_string(status) + ")";
}

}  // namespace

RecordText dump_offsets_record(OptionalBytes key, OptionalBytes value, protocol::Offset offset) {
  auto bytes = split_version(key);
  if (!bytes) return unreadable(offset, base::Error("The record has no key"));
  bool is_commit = has_version<protocol::OffsetCommitKey>(*bytes);
  if (!is_commit && !has_version<protocol::GroupMetadataKey>(*bytes)) {
    return {.key = "Unknown record type " + std::to_string(bytes->version) + " at offset " +
                   std::to_string(offset) + ", skipping."};
  }
  auto key_json = is_commit ? as_json<protocol::OffsetCommitKey>(*bytes)
                            : as_json<protocol::GroupMetadataKey>(*bytes);
  if (!key_json) return unreadable(offset, key_json.error());
  auto value_text = is_commit ? dump_value<protocol::OffsetCommitValue>(value)
                              : dump_value<protocol::GroupMetadataValue>(value);
  if (!value_text) return unreadable(offset, value_text.error());
  return {.key = labelled("type", quoted(bytes->version), *key_json), .value = *value_text};
}

RecordText dump_transaction_record(OptionalBytes key, OptionalBytes value) {
  auto bytes = split_version(key);
  if (!bytes) return {.key = "unknown::version=-1"};
  auto id = decode<protocol::TransactionLogKey>(*bytes);
  if (!id) return {.key = "unknown::version=" + std::to_string(bytes->version)};
  RecordText text{.key = "transaction_metadata::transactionalId=" + id->transactional_id};
  if (!value) {
    text.value = "<DELETE>";
    return text;
  }
  auto value_bytes = split_version(value);
  base::Result<protocol::TransactionLogValue> state =
      value_bytes ? decode<protocol::TransactionLogValue>(*value_bytes)
                  : base::Error("The value is too short");
  if (!state) {
    text.value = state.error().message;
    return text;
  }
  text.value =
      "producerId:" + std::to_string(state->producer_id) +
      ",producerEpoch:" + std::to_string(state->producer_epoch) +
      ",state=" + state_name(state->transaction_status) + ",partitions=" + partitions_text(*state) +
      ",txnLastUpdateTimestamp=" + std::to_string(state->transaction_last_update_timestamp_ms) +
      ",txnTimeoutMs=" + std::to_string(state->transaction_timeout_ms);
  return text;
}

std::optional<std::string> format_offset_commit_line(OptionalBytes key, OptionalBytes value) {
  auto bytes = split_version(key);
  if (!bytes || !has_version<protocol::OffsetCommitKey>(*bytes)) return std::nullopt;
  auto commit = decode<protocol::OffsetCommitKey>(*bytes);
  if (!commit) return std::nullopt;
  std::string text =
      "[" + commit->group + "," + commit->topic + "," + std::to_string(commit->partition) + "]::";
  if (!value) return text + "NULL\n";
  auto value_bytes = split_version(value);
  base::Result<protocol::OffsetCommitValue> offset =
      value_bytes ? decode<protocol::OffsetCommitValue>(*value_bytes)
                  : base::Error("The value is too short");
  if (!offset) return text + offset.error().message + "\n";
  text += "OffsetAndMetadata(offset=" + std::to_string(offset->offset) + ", leaderEpoch=" +
          (offset->leader_epoch < 0 ? "Optional.empty"
                                    : "Optional[" + std::to_string(offset->leader_epoch) + "]") +
          ", metadata=" + offset->metadata +
          ", commitTimestamp=" + std::to_string(offset->commit_timestamp) + ", expireTimestamp=" +
          (offset->expire_timestamp < 0 ? "None"
                                        : "Some(" + std::to_string(offset->expire_timestamp) + ")");
  return text + ")\n";
}

std::optional<std::string> format_offset_commit_json(OptionalBytes key, OptionalBytes value) {
  return format_json<protocol::OffsetCommitKey, protocol::OffsetCommitValue>(key, value);
}

std::optional<std::string> format_group_metadata_json(OptionalBytes key, OptionalBytes value) {
  return format_json<protocol::GroupMetadataKey, protocol::GroupMetadataValue>(key, value);
}

std::optional<std::string> format_transaction_json(OptionalBytes key, OptionalBytes value) {
  return format_json<protocol::TransactionLogKey, protocol::TransactionLogValue>(key, value);
}

}  // namespace odradek::tools
