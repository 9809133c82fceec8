#include "tools/console_producer_options.h"

#include <array>

#include "base/text.h"
#include "tools/client_settings.h"

namespace odradek::tools {
namespace {

// Which client setting an option stands for. A value that the option was given wins over the files,
// these win over its default.
struct SettingOption {
  std::string_view option;
  std::string_view setting;
};
constexpr std::array<SettingOption, 10> kSettingOptions{{
    {"timeout", "linger.ms"},
    {"request-required-acks", "acks"},
    {"request-timeout-ms", "request.timeout.ms"},
    {"message-send-max-retries", "retries"},
    {"retry-backoff-ms", "retry.backoff.ms"},
    {"socket-buffer-size", "send.buffer.bytes"},
    {"max-memory-bytes", "buffer.memory"},
    {"batch-size", "batch.size"},
    {"max-partition-memory-bytes", "batch.size"},
    {"metadata-expiry-ms", "metadata.max.age.ms"},
}};

bool is_server_list(const std::string& text) {
  for (std::string_view server : base::split(text, ',')) {
    std::size_t colon = server.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    if (!base::parse_int<std::uint16_t>(base::trim(server.substr(colon + 1)))) return false;
  }
  return true;
}

}  // namespace

std::vector<OptionSpec> console_producer_options() {
  constexpr ValueType kString = ValueType::kString;
  constexpr ValueType kInteger = ValueType::kInteger;
  constexpr ValueType kLong = ValueType::kLong;
  return {
      with_value("topic", kString, "topic", "REQUIRED: where the records go."),
      with_value("broker-list", kString, "broker-list", "DEPRECATED: use --bootstrap-server."),
      with_value("bootstrap-server", kString, "server to connect to",
                 "REQUIRED unless --broker-list is given: HOST1:PORT1,HOST2:PORT2."),
      {.name = "sync", .description = "Wait for each record to be written before the next."},
      {.name = "compression-codec",
       .argument = Argument::kOptional,
       .value_name = "compression-codec",
       .description = "none, gzip, snappy, lz4 or zstd; gzip when no value is given."},
      with_value("batch-size", kInteger, "size", "Bytes of a batch (batch.size).", "16384"),
      with_value("message-send-max-retries", kInteger, "", "How often to try again (retries).",
                 "3"),
      with_value("retry-backoff-ms", kLong, "", "Pause before trying again (retry.backoff.ms).",
                 "100"),
      with_value("timeout", kLong, "timeout_ms", "How long a batch may fill (linger.ms).", "1000"),
      with_value("request-required-acks", kString, "request required acks",
                 "Who has to have a record before it counts (acks).", "-1"),
      with_value("request-timeout-ms", kInteger, "request timeout ms",
                 "How long an answer may take (request.timeout.ms).", "1500"),
      with_value("metadata-expiry-ms", kLong, "metadata expiration interval",
                 "How old metadata may be (metadata.max.age.ms).", "300000"),
      with_value("max-block-ms", kLong, "max block on send", "Accepted; sending waits for room.",
                 "60000"),
      with_value("max-memory-bytes", kLong, "total memory in bytes",
                 "Bytes of records that wait (buffer.memory).", "33554432"),
      with_value("max-partition-memory-bytes", kInteger, "memory in bytes per partition",
                 "Bytes of a batch (batch.size), over --batch-size.", "16384"),
      with_value("line-reader", kString, "reader_class", "Only the reader of lines is known here.",
                 "org.apache.kafka.tools.LineMessageReader"),
      with_value("socket-buffer-size", kInteger, "size", "Bytes (send.buffer.bytes).", "102400"),
      repeatable(with_value("property", kString, "prop",
                            "For the reader, name=value: parse.key, key.separator, parse.headers, "
                            "headers.delimiter, headers.separator, headers.key.separator, "
                            "ignore.error, null.marker.")),
      repeatable(with_value("producer-property", kString, "producer_prop",
                            "A client setting, name=value.")),
      with_value("producer.config", kString, "config file", "Client settings, such as ssl.*."),
      with_value("reader-config", kString, "config file", "Properties for the reader."),
  };
}

std::optional<std::string> check_console_producer_options(const Options& options) {
  if (!options.has("topic")) return "Missing required argument \"[topic]\"";
  if (!options.has("bootstrap-server") && !options.has("broker-list")) {
    return "Missing required argument \"[bootstrap-server]\"";
  }
  std::string servers =
      options.value(options.has("bootstrap-server") ? "bootstrap-server" : "broker-list");
  if (!is_server_list(servers)) {
    return "Please provide valid host:port like host1:9091,host2:9092\n ";
  }
  if (!options.value("line-reader").ends_with("LineMessageReader")) {
    return options.value("line-reader") + ": only LineMessageReader is known here";
  }
  return std::nullopt;
}

base::Result<ConsoleProducerCommand> console_producer_command(const Options& options) {
  ConsoleProducerCommand command{.topic = options.value("topic"), .sync = options.has("sync")};
  auto settings = read_client_settings(options.value("producer.config"));
  if (!settings) return settings.error();
  command.settings = std::move(*settings);
  for (auto& [key, value] : options.key_values("producer-property")) command.settings[key] = value;
  command.settings["bootstrap.servers"] =
      options.value(options.has("bootstrap-server") ? "bootstrap-server" : "broker-list");
  command.settings.try_emplace("client.id", "console-producer");
  if (options.has("compression-codec")) {
    std::string codec = options.value("compression-codec");
    command.settings["compression.type"] = codec.empty() ? "gzip" : codec;
  }
  for (const SettingOption& row : kSettingOptions) {
    std::string setting(row.setting);
    if (options.has(row.option) || !command.settings.contains(setting)) {
      command.settings[setting] = options.value(row.option);
    }
  }
  auto properties = read_client_settings(options.value("reader-config"));
  if (!properties) return properties.error();
  command.reader_properties = std::move(*properties);
  for (auto& [key, value] : options.key_values("property")) command.reader_properties[key] = value;
  return command;
}

}  // namespace odradek::tools
