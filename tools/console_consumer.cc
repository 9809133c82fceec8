// kafka-console-consumer: prints the records of topics.
#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <string>

#include "base/clock.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/console_consumer_options.h"
#include "tools/end_signals.h"
#include "tools/message_formatter.h"
#include "tools/rdkafka_client.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kLogger = "org.apache.kafka.tools.consumer.ConsoleConsumer";
constexpr int kPollMs = 100;
constexpr std::size_t kWriteBytes = 64 * 1024;

struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;

struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;

class ConsumerErrors : public RdkafkaObserver {
 public:
  void on_delivery(const rd_kafka_message_s&) override {}
  void on_error(int code, const std::string& reason) override {
    if (is_authentication_failure(code, reason)) {
      refused_ = "Authentication failed: terminating consumer process: " + reason;
    }
  }
  const std::string& refused() const { return refused_; }

 private:
  std::string refused_;
};

OptionalBytes bytes_of(const void* data, std::size_t size) {
  if (data == nullptr) return std::nullopt;
  return base::ByteView(static_cast<const std::uint8_t*>(data), size);
}

ConsumedRecord record_of(const rd_kafka_message_t& message) {
  ConsumedRecord record{.partition = message.partition,
                        .offset = message.offset,
                        .key = bytes_of(message.key, message.key_len),
                        .value = bytes_of(message.payload, message.len)};
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  record.timestamp_ms = rd_kafka_message_timestamp(&message, &type);
  if (type == RD_KAFKA_TIMESTAMP_CREATE_TIME) record.timestamp_type = RecordTimestamp::kCreateTime;
  if (type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) {
    record.timestamp_type = RecordTimestamp::kLogAppendTime;
  }
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record.headers.emplace_back(name, bytes_of(value, size));
  }
  return record;
}

class ConsoleConsumer {
 public:
  ConsoleConsumer(const ConsoleConsumerCommand& command, RdkafkaClient& client,
                  const MessageFormatter& formatter)
      : command_(command), client_(client.native()), formatter_(formatter) {}

  base::Status start() {
    rd_kafka_poll_set_consumer(client_);
    Partitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (command_.partition) {
      auto* entry = rd_kafka_topic_partition_list_add(list.get(), command_.topic.c_str(),
                                                      *command_.partition);
      entry->offset = command_.offset;  // earliest and latest have the same numbers there
      error = rd_kafka_assign(client_, list.get());
    } else {
      std::string topic = command_.topic.empty() ? "^(" + command_.include + ")$" : command_.topic;
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
      error = rd_kafka_subscribe(client_, list.get());
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return base::Error(rd_kafka_err2str(error));
  }

  // Until enough has come, nothing came for too long, a signal, or an error that stays.
  base::Status run(const EndSignals& signals, const ConsumerErrors& errors) {
    std::int64_t last_ms = base::Clock::system().monotonic_ms();
    while (!command_.max_messages || messages_ < *command_.max_messages) {
      if (signals.received() != 0) break;
      if (!errors.refused().empty()) return base::Error(errors.refused());
      Message message(rd_kafka_consumer_poll(client_, out_.empty() ? kPollMs : 0));
      if (message == nullptr) {
        if (!write_out()) break;
        std::int64_t waited_ms = base::Clock::system().monotonic_ms() - last_ms;
        if (command_.timeout_ms && waited_ms > *command_.timeout_ms) {
          log_error(
              "Error processing message, terminating consumer process: \n"
              "org.apache.kafka.common.errors.TimeoutException",
              kLogger);
          break;
        }
        continue;
      }
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        report(*message);
        continue;
      }
      ++messages_;
      if (base::Status printed = print(*message); !printed) return printed;
      if (out_.size() >= kWriteBytes && !write_out()) break;
      last_ms = base::Clock::system().monotonic_ms();
    }
    write_out();
    return {};
  }

  // Commits what was printed, where offsets are committed at all, and leaves the group.
  void close() { rd_kafka_consumer_close(client_); }

  std::int64_t messages() const { return messages_; }

 private:
  static void report(const rd_kafka_message_t& message) {
    log_warning(rd_kafka_message_errstr(&message), kLogger);
  }

  base::Status print(const rd_kafka_message_t& message) {
    std::size_t before = out_.size();
    base::Status done = formatter_.format(record_of(message), out_);
    if (done.ok()) return done;
    out_.resize(before);
    if (!command_.skip_message_on_error) {
      write_out();
      return done;
    }
    log_error("Error processing message, skipping this message: " + done.error().message, kLogger);
    return {};
  }

  // False when nobody reads any more.
  bool write_out() {
    if (out_.empty()) return true;
    bool written =
        std::fwrite(out_.data(), 1, out_.size(), stdout) == out_.size() && std::fflush(stdout) == 0;
    out_.clear();
    if (!written) std::fputs("Unable to write to standard out, closing consumer.\n", stderr);
    return written;
  }

  const ConsoleConsumerCommand& command_;
  rd_kafka_t* client_;
  const MessageFormatter& formatter_;
  std::string out_;
  std::int64_t messages_ = 0;
};

base::Status consume(const ConsoleConsumerCommand& command, const MessageFormatter& formatter,
                     int& signal) {
  const EndSignals signals;
  ConsumerErrors errors;
  auto client = RdkafkaClient::create(command.settings, ClientRole::kConsumer, errors);
  if (!client) return client.error();
  ConsoleConsumer consumer(command, **client, formatter);
  base::Status done = consumer.start();
  if (done.ok()) done = consumer.run(signals, errors);
  consumer.close();
  std::fprintf(stderr, "Processed a total of %lld messages\n",
               static_cast<long long>(consumer.messages()));
  if (command.systest_events) std::puts("shutdown_complete");
  signal = signals.received();
  return done;
}

}  // namespace

int run_console_consumer(const Arguments& arguments) {
  const OptionParser parser(console_consumer_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped = help_or_version(
      parser, *options, arguments.size(),
      "This tool helps to read data from Kafka topics and outputs it to standard output.");
  if (helped) return *helped;
  if (auto problem = check_console_consumer_options(*options)) return print_usage(parser, *problem);
  auto command = console_consumer_command(*options);
  if (!command) return print_usage(parser, command.error().message);
  auto formatter = make_formatter(command->formatter, command->formatter_properties);
  if (!formatter) return print_usage(parser, formatter.error().message);
  int signal = 0;
  base::Status done = consume(*command, **formatter, signal);
  if (!done) {
    log_error("Unknown error when running consumer: " + done.error().message, kLogger);
    return 1;
  }
  constexpr int kSignalExit = 128;
  return signal == 0 ? 0 : kSignalExit + signal;
}

}  // namespace odradek::tools
