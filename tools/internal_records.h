// The records of __consumer_offsets and __transaction_state as the tools of upstream print them.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "protocol/types.h"

namespace odradek::tools {

using OptionalBytes = std::optional<base::ByteView>;

struct RecordText {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// For dump-log: JSON of both, "<DELETE>" for a tombstone, or why the record cannot be read.
RecordText dump_offsets_record(OptionalBytes key, OptionalBytes value, protocol::Offset offset);
RecordText dump_transaction_record(OptionalBytes key, OptionalBytes value);

// For the console consumer, by the formatters' names; nullopt for records of another kind. The
// first is the one-line text up to 3.9's deprecated formatters, the others are JSON.
std::optional<std::string> format_offset_commit_line(OptionalBytes key, OptionalBytes value);
std::optional<std::string> format_offset_commit_json(OptionalBytes key, OptionalBytes value);
std::optional<std::string> format_group_metadata_json(OptionalBytes key, OptionalBytes value);
std::optional<std::string> format_transaction_json(OptionalBytes key, OptionalBytes value);

}  // namespace odradek::tools
