#include "tools/message_formatter.h"

#include <array>
#include <bit>
#include <charconv>

#include "base/endian.h"
#include "base/text.h"

namespace odradek::tools {
namespace {

using Properties = config::Properties;

std::string text_property(const Properties& properties, std::string_view key,
                          std::string_view otherwise) {
  auto found = properties.find(key);
  return std::string(found == properties.end() ? otherwise : std::string_view(found->second));
}

bool flag_property(const Properties& properties, std::string_view key, bool otherwise) {
  auto found = properties.find(key);
  if (found == properties.end()) return otherwise;
  return base::equals_ignoring_case(base::trim(found->second), "true");
}

std::string text_of(base::ByteView bytes) { return std::string(base::as_text(bytes)); }

// The fields of a record in upstream's order, separated; each may be switched on or off.
class DefaultFormatter : public MessageFormatter {
 public:
  static base::Result<std::unique_ptr<MessageFormatter>> create(const Properties& properties) {
    auto formatter = std::make_unique<DefaultFormatter>(properties);
    struct Slot {
      const char* property;
      Deserializer& into;
    };
    for (const Slot& slot : {Slot{"key.deserializer", formatter->key_deserializer_},
                             Slot{"value.deserializer", formatter->value_deserializer_},
                             Slot{"headers.deserializer", formatter->headers_deserializer_}}) {
      auto named = properties.find(slot.property);
      if (named == properties.end() || named->second.empty()) continue;
      auto deserializer = make_deserializer(named->second);
      if (!deserializer) return deserializer.error();
      slot.into = std::move(*deserializer);
    }
    return std::unique_ptr<MessageFormatter>(std::move(formatter));
  }

  explicit DefaultFormatter(const Properties& properties)
      : print_timestamp_(flag_property(properties, "print.timestamp", false)),
        print_partition_(flag_property(properties, "print.partition", false)),
        print_offset_(flag_property(properties, "print.offset", false)),
        print_epoch_(flag_property(properties, "print.epoch", false)),
        print_headers_(flag_property(properties, "print.headers", false)),
        print_key_(flag_property(properties, "print.key", false)),
        print_value_(flag_property(properties, "print.value", true)),
        key_separator_(text_property(properties, "key.separator", "\t")),
        line_separator_(text_property(properties, "line.separator", "\n")),
        headers_separator_(text_property(properties, "headers.separator", ",")),
        null_literal_(text_property(properties, "null.literal", "null")) {}

  base::Status format(const ConsumedRecord& record, std::string& out) const override {
    // What is printed so far; the separators stand between, the line's end after the last.
    bool first = true;
    auto begin = [&] {
      if (!first) out += key_separator_;
      first = false;
    };
    if (print_timestamp_) {
      begin();
      append_timestamp(record, out);
    }
    if (print_partition_) {
      begin();
      out += "Partition:" + std::to_string(record.partition);
    }
    if (print_offset_) {
      begin();
      out += "Offset:" + std::to_string(record.offset);
    }
    if (print_epoch_) {
      begin();
      out += "Epoch:NOT_PRESENT";  // upstream's consumer never tells its formatter
    }
    if (print_headers_) {
      begin();
      if (base::Status done = append_headers(record, out); !done) return done;
    }
    if (print_key_) {
      begin();
      if (base::Status done = append(record.key, key_deserializer_, out); !done) return done;
    }
    if (print_value_) {
      begin();
      if (base::Status done = append(record.value, value_deserializer_, out); !done) return done;
    }
    if (!first) out += line_separator_;
    return {};
  }

 private:
  static void append_timestamp(const ConsumedRecord& record, std::string& out) {
    if (record.timestamp_type == RecordTimestamp::kNone) {
      out += "NO_TIMESTAMP";
      return;
    }
    bool created = record.timestamp_type == RecordTimestamp::kCreateTime;
    out += (created ? "CreateTime:" : "LogAppendTime:") + std::to_string(record.timestamp_ms);
  }

  base::Status append_headers(const ConsumedRecord& record, std::string& out) const {
    if (record.headers.empty()) out += "NO_HEADERS";
    const char* separator = "";
    for (const auto& [name, value] : record.headers) {
      out += separator + name + ":";
      if (base::Status done = append(value, headers_deserializer_, out); !done) return done;
      separator = headers_separator_.c_str();
    }
    return {};
  }

  base::Status append(OptionalBytes bytes, const Deserializer& deserializer,
                      std::string& out) const {
    base::ByteView present = bytes ? *bytes : base::as_bytes(null_literal_);
    if (!deserializer) {
      out += base::as_text(present);
      return {};
    }
    auto text = deserializer(present);
    if (!text) return text.error();
    out += *text;
    return {};
  }

  bool print_timestamp_;
  bool print_partition_;
  bool print_offset_;
  bool print_epoch_;
  bool print_headers_;
  bool print_key_;
  bool print_value_;
  std::string key_separator_;
  std::string line_separator_;
  std::string headers_separator_;
  std::string null_literal_;
  Deserializer key_deserializer_;
  Deserializer value_deserializer_;
  Deserializer headers_deserializer_;
};

class NoOpFormatter : public MessageFormatter {
 public:
  base::Status format(const ConsumedRecord&, std::string&) const override { return {}; }
};

// A record of an internal topic, or nothing when it is of another kind.
class InternalFormatter : public MessageFormatter {
 public:
  using Function = std::optional<std::string> (*)(OptionalBytes key, OptionalBytes value);
  explicit InternalFormatter(Function function) : function_(function) {}

  base::Status format(const ConsumedRecord& record, std::string& out) const override {
    if (auto text = function_(record.key, record.value)) out += *text;
    return {};
  }

 private:
  Function function_;
};

template <class Number>
std::string number_text(Number number) {
  std::array<char, 64> text{};
  auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

// A whole number's bytes; `name` as in the error of the Java class.
template <class Bits, class Number>
Deserializer number_deserializer(const char* name) {
  return [name](base::ByteView bytes) -> base::Result<std::string> {
    if (bytes.size() != sizeof(Bits)) {
      return base::Error(std::string("Size of data received by ") + name + " is not " +
                         std::to_string(sizeof(Bits)));
    }
    return number_text(std::bit_cast<Number>(base::load_big_endian<Bits>(bytes.data())));
  };
}

}  // namespace

base::Result<Deserializer> make_deserializer(const std::string& class_name) {
  std::string name = class_name.substr(class_name.rfind('.') + 1);
  if (name == "StringDeserializer" || name == "ByteArrayDeserializer" ||
      name == "BytesDeserializer" || name == "ByteBufferDeserializer") {
    return Deserializer(
        [](base::ByteView bytes) -> base::Result<std::string> { return text_of(bytes); });
  }
  if (name == "IntegerDeserializer") {
    return number_deserializer<std::int32_t, std::int32_t>("IntegerDeserializer");
  }
  if (name == "LongDeserializer") {
    return number_deserializer<std::int64_t, std::int64_t>("LongDeserializer");
  }
  if (name == "ShortDeserializer") {
    return number_deserializer<std::int16_t, std::int16_t>("ShortDeserializer");
  }
  if (name == "FloatDeserializer") {
    return number_deserializer<std::uint32_t, float>("FloatDeserializer");
  }
  if (name == "DoubleDeserializer") {
    return number_deserializer<std::uint64_t, double>("DoubleDeserializer");
  }
  if (name == "UUIDDeserializer") {
    return Deserializer([](base::ByteView bytes) -> base::Result<std::string> {
      return text_of(bytes);  // it is text on the wire
    });
  }
  return base::Error("Unable to instantiate a deserializer from " + class_name +
                     ": only those of org.apache.kafka.common.serialization are known here");
}

base::Result<std::unique_ptr<MessageFormatter>> make_formatter(const std::string& class_name,
                                                               const Properties& properties) {
  bool of_broker = class_name.starts_with("kafka.coordinator.");
  auto internal = [](InternalFormatter::Function function) {
    return std::unique_ptr<MessageFormatter>(std::make_unique<InternalFormatter>(function));
  };
  if (class_name.ends_with("DefaultMessageFormatter") ||
      class_name.ends_with("LoggingMessageFormatter")) {
    return DefaultFormatter::create(properties);
  }
  if (class_name.ends_with("NoOpMessageFormatter")) {
    return std::unique_ptr<MessageFormatter>(std::make_unique<NoOpFormatter>());
  }
  if (class_name.ends_with("OffsetsMessageFormatter")) {
    return internal(of_broker ? format_offset_commit_line : format_offset_commit_json);
  }
  if (class_name.ends_with("GroupMetadataMessageFormatter")) {
    return internal(format_group_metadata_json);
  }
  if (class_name.ends_with("TransactionLogMessageFormatter")) {
    return internal(format_transaction_json);
  }
  return base::Error("java.lang.ClassNotFoundException: " + class_name +
                     " (only upstream's own formatters are known here)");
}

}  // namespace odradek::tools
