// kafka-console-producer: every line of the input becomes a record.
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "tools/client_settings.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/console_producer_options.h"
#include "tools/end_signals.h"
#include "tools/line_reader.h"
#include "tools/rdkafka_client.h"

namespace odradek::tools {
namespace {

constexpr int kProducerPollMs = 100;
constexpr int kFlushMs = 1'000;
constexpr std::size_t kReadBytes = 256 * 1024;

class Deliveries : public RdkafkaObserver {
 public:
  explicit Deliveries(std::string topic) : topic_(std::move(topic)) {}

  void on_delivery(const rd_kafka_message_s& message) override {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    ++failed_;
    auto length = [](const void* data, std::size_t size) {
      return data == nullptr ? "null" : std::to_string(size) + " bytes";
    };
    log_error("Error when sending message to topic " + topic_ +
                  " with key: " + length(message.key, message.key_len) +
                  ", value: " + length(message.payload, message.len) +
                  " with error: " + rd_kafka_err2str(message.err),
              "org.apache.kafka.clients.producer.internals.ErrorLoggingCallback");
  }
  void on_error(int code, const std::string& reason) override {
    if (is_authentication_failure(code, reason)) refused_ = reason;
  }

  std::int64_t failed() const { return failed_; }
  const std::string& refused() const { return refused_; }

 private:
  std::string topic_;
  std::int64_t failed_ = 0;
  std::string refused_;
};

class ConsoleProducer {
 public:
  ConsoleProducer(const ConsoleProducerCommand& command, RdkafkaClient& client,
                  Deliveries& deliveries, LineParser parser)
      : command_(command), client_(client), deliveries_(deliveries), parser_(std::move(parser)) {}

  // Until the end of the input, a signal, or an error.
  base::Status run(const EndSignals& signals) {
    base::Status done = read_all(signals);
    base::Status flushed = flush();
    return done.ok() ? flushed : done;
  }

 private:
  base::Status read_all(const EndSignals& signals) {
    const bool prompts = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    std::vector<char> bytes(kReadBytes);
    if (prompts) prompt();
    while (signals.received() == 0 && deliveries_.refused().empty()) {
      pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
      int ready = poll(&input, 1, kProducerPollMs);
      rd_kafka_poll(client_.native(), 0);
      if (ready <= 0) continue;
      ssize_t size = read(STDIN_FILENO, bytes.data(), bytes.size());
      if (size < 0) continue;
      splitter_.add({bytes.data(), static_cast<std::size_t>(size)});
      while (auto line = splitter_.next(size == 0)) {
        if (base::Status sent = send(*line); !sent) return sent;
        if (prompts) prompt();
      }
      if (size == 0) return {};
    }
    return {};
  }

  static void prompt() {
    std::fputc('>', stdout);
    std::fflush(stdout);
  }

  base::Status send(std::string_view line) {
    auto record = parser_.parse(line);
    if (!record) return record.error();
    rd_kafka_headers_t* headers = nullptr;
    if (!record->headers.empty()) {
      headers = rd_kafka_headers_new(record->headers.size());
      for (const auto& [name, value] : record->headers) {
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()),
                            value ? value->data() : nullptr,
                            value ? static_cast<ssize_t>(value->size()) : 0);
      }
    }
    if (base::Status queued = enqueue(*record, headers); !queued) return queued;
    if (!command_.sync) return {};
    if (base::Status flushed = flush(); !flushed) return flushed;
    return deliveries_.failed() == 0 ? base::Status() : base::Error("The record was not written");
  }

  base::Status enqueue(const LineRecord& record, rd_kafka_headers_t* headers) {
    auto data = [](const std::optional<std::string>& text) {
      return text ? const_cast<char*>(text->data()) : nullptr;  // librdkafka copies and keeps it
    };
    auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
    for (;;) {
      rd_kafka_resp_err_t error =
          rd_kafka_producev(client_.native(), RD_KAFKA_V_TOPIC(command_.topic.c_str()),
                            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                            RD_KAFKA_V_KEY(data(record.key), size(record.key)),
                            RD_KAFKA_V_VALUE(data(record.value), size(record.value)),
                            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        if (headers != nullptr) rd_kafka_headers_destroy(headers);
        return base::Error(rd_kafka_err2str(error));
      }
      rd_kafka_poll(client_.native(), kProducerPollMs);
    }
  }

  // Every record is delivered or has failed afterwards, within delivery.timeout.ms.
  base::Status flush() {
    while (rd_kafka_flush(client_.native(), kFlushMs) == RD_KAFKA_RESP_ERR__TIMED_OUT) {
      if (!deliveries_.refused().empty()) break;
    }
    if (deliveries_.refused().empty()) return {};
    return base::Error("Authentication failed: " + deliveries_.refused());
  }

  const ConsoleProducerCommand& command_;
  RdkafkaClient& client_;
  Deliveries& deliveries_;
  LineParser parser_;
  LineSplitter splitter_;
};

base::Result<int> produce(const ConsoleProducerCommand& command) {
  auto parser = LineParser::create(command.reader_properties);
  if (!parser) return parser.error();
  const EndSignals signals;
  Deliveries deliveries(command.topic);
  auto client = RdkafkaClient::create(command.settings, ClientRole::kProducer, deliveries);
  if (!client) return client.error();
  ConsoleProducer producer(command, **client, deliveries, std::move(*parser));
  if (base::Status done = producer.run(signals); !done) return done.error();
  constexpr int kSignalExit = 128;
  return signals.received() == 0 ? 0 : kSignalExit + signals.received();
}

}  // namespace

int run_console_producer(const Arguments& arguments) {
  const OptionParser parser(console_producer_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped =
      help_or_version(parser, *options, arguments.size(),
                      "This tool helps to read data from standard input and publish it to Kafka.");
  if (helped) return *helped;
  if (auto problem = check_console_producer_options(*options)) return print_usage(parser, *problem);
  auto command = console_producer_command(*options);
  auto code = command.ok() ? produce(*command) : command.error();
  if (code.ok()) return *code;
  std::fprintf(stderr, "org.apache.kafka.common.KafkaException: %s\n",
               code.error().message.c_str());
  return 1;
}

}  // namespace odradek::tools
