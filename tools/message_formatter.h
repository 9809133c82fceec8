// MessageFormatter: what the console consumer prints of a record.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"
#include "tools/internal_records.h"

namespace odradek::tools {

enum class RecordTimestamp : std::uint8_t { kNone, kCreateTime, kLogAppendTime };

struct ConsumedRecord {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  RecordTimestamp timestamp_type = RecordTimestamp::kNone;
  std::int64_t timestamp_ms = -1;
  OptionalBytes key;
  OptionalBytes value;
  std::vector<std::pair<std::string, OptionalBytes>> headers;
};

// Turns bytes to text; an error for bytes of the wrong length.
using Deserializer = std::function<base::Result<std::string>(base::ByteView)>;

class MessageFormatter {
 public:
  virtual ~MessageFormatter() = default;
  // Appends to `out`; after an error what was appended must not be used.
  virtual base::Status format(const ConsumedRecord& record, std::string& out) const = 0;
};

// By the Java class's name, and with the properties upstream's formatters have.
base::Result<std::unique_ptr<MessageFormatter>> make_formatter(
    const std::string& class_name, const config::Properties& properties);

// By the Java class's name: String, ByteArray, Integer, Long, Short, Float, Double, Boolean, UUID.
base::Result<Deserializer> make_deserializer(const std::string& class_name);

}  // namespace odradek::tools
