#include "tools/record_decoder.h"

#include <utility>

#include "base/endian.h"
#include "protocol/wire/utf8.h"
#include "tools/kraft/metadata_records.h"

namespace odradek::tools {
namespace {

using Decode = std::string (*)(base::ByteView bytes);

std::string decode_text(base::ByteView bytes) { return protocol::replace_malformed_utf8(bytes); }

template <class Number>
std::string decode_number(base::ByteView bytes) {
  if (bytes.size() < sizeof(Number)) return "(" + std::to_string(bytes.size()) + " bytes)";
  return std::to_string(base::load_big_endian<Number>(bytes.data()));
}

base::Result<Decode> decode_of(const std::string& class_name) {
  std::string name = class_name.substr(class_name.rfind('.') + 1);
  if (name == "StringDecoder" || name == "DefaultDecoder") return Decode(decode_text);
  if (name == "LongDecoder") return Decode(decode_number<std::int64_t>);
  if (name == "IntegerDecoder") return Decode(decode_number<std::int32_t>);
  return base::Error("java.lang.ClassNotFoundException: " + class_name +
                     " (only upstream's own decoders are known here)");
}

constexpr std::string_view kOldPackage = "kafka.serializer.";

}  // namespace

std::optional<std::string> deprecation_of(const std::string& class_name) {
  if (!class_name.starts_with(kOldPackage) || !decode_of(class_name)) return std::nullopt;
  return class_name + " is deprecated. Please use org.apache.kafka.tools.api." +
         class_name.substr(kOldPackage.size()) + " instead";
}

RecordDecoder offsets_decoder() {
  return [](const protocol::Record& record) {
    return dump_offsets_record(record.key, record.value, record.offset);
  };
}

RecordDecoder transaction_decoder() {
  return [](const protocol::Record& record) {
    return dump_transaction_record(record.key, record.value);
  };
}

RecordDecoder cluster_metadata_decoder() { return dump_cluster_metadata_record; }

RecordDecoder remote_log_metadata_decoder() { return dump_remote_log_record; }

base::Result<RecordDecoder> class_decoder(const std::string& key_class,
                                          const std::string& value_class) {
  auto key = decode_of(key_class);
  if (!key) return key.error();
  auto value = decode_of(value_class);
  if (!value) return value.error();
  return RecordDecoder([key = *key, value = *value](const protocol::Record& record) {
    RecordText text;
    if (record.key) text.key = key(*record.key);
    if (record.value) text.value = value(*record.value);
    return text;
  });
}

}  // namespace odradek::tools
