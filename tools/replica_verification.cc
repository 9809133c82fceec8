// kafka-replica-verification: fetches the same from all replicas again and again, and tells where
// they differ.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/thread.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "tools/client_settings.h"
#include "tools/cluster_groups.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/end_signals.h"
#include "tools/option_parser.h"
#include "tools/replica_comparison.h"
#include "tools/topic_filter.h"

namespace odradek::tools {
namespace {

using protocol::BrokerId;
using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::MetadataRequest;
using protocol::MetadataResponse;
using protocol::TopicPartition;

constexpr std::int16_t kLastFetchWithNames = 12;
constexpr const char* kLogger = "org.apache.kafka.tools.ReplicaVerificationTool";
// Neither a follower nor a consumer: whoever has a replica answers, not the leader alone.
constexpr BrokerId kDebuggingConsumer = -2;
// Of one answer, however many partitions are asked for; a larger one would be refused.
constexpr std::int32_t kMaxAnswerBytes = 50 * 1024 * 1024;
constexpr int kSignalExit = 128;

std::vector<OptionSpec> replica_verification_options() {
  return {
      with_value("broker-list", "hostname:port,...,hostname:port",
                 "REQUIRED: The list of hostname and port of the server to connect to."),
      with_value("fetch-size", ValueType::kInteger, "bytes", "The fetch size of each request.",
                 "1048576"),
      with_value("max-wait-ms", ValueType::kInteger, "ms",
                 "The max amount of time each fetch request waits.", "1000"),
      with_value("topic-white-list", "Java regex (String)",
                 "DEPRECATED use --topics-include instead; ignored if --topics-include "
                 "specified. List of topics to verify replica consistency.",
                 ".*"),
      with_value("topics-include", "Java regex (String)",
                 "List of topics to verify replica consistency.", ".*"),
      with_value("time", ValueType::kLong, "timestamp/-1(latest)/-2(earliest)",
                 "Timestamp for getting the initial offsets.", "-1"),
      with_value("report-interval-ms", ValueType::kLong, "ms", "The reporting interval.", "30000")};
}

void print_line(const std::string& text) {
  std::int64_t now_ms = base::Clock::system().wall_ms();
  std::time_t seconds = now_ms / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &parts);
  std::printf("%s,%03d: %s\n", stamp, static_cast<int>(now_ms % 1000), text.c_str());
  std::fflush(stdout);
}

// What is to be fetched, in one request, of one broker.
struct Source {
  BrokerId broker = protocol::kNoBroker;
  std::unique_ptr<ClusterAccess> access;
  FetchRequest request;
  std::map<base::Uuid, std::string> names;  // of topics, for answers that tell ids
};

// What a broker answered; views into its connection, good until it is asked again.
using Answer = base::Result<FetchResponse>;

class Verification {
 public:
  Verification(const Options& options, std::vector<MetadataResponse::Topic> topics,
               OffsetsByPartition starts)
      : options_(options), topics_(std::move(topics)), comparison_(std::move(starts)) {}

  base::Status open_sources();
  // Until something ends it: the exit code. An error for what cannot be compared.
  base::Result<int> run(const EndSignals& signals);

 private:
  FetchRequest request_for(BrokerId broker) const;
  void update_offsets(Source& source) const;
  static Answer fetch(Source& source);
  // At the same time: each may wait for records.
  std::vector<Answer> fetch_from_all();
  // False when the logs are apart.
  base::Result<bool> compare(const std::vector<Answer>& answers);
  void report();

  const Options& options_;
  const std::vector<MetadataResponse::Topic> topics_;
  ReplicaComparison comparison_;
  std::vector<Source> sources_;
  std::int64_t reported_ms_ = base::Clock::system().monotonic_ms();
};

FetchRequest Verification::request_for(BrokerId broker) const {
  FetchRequest request{.replica_id = kDebuggingConsumer,
                       .replica_state = {.replica_id = kDebuggingConsumer},
                       .max_wait_ms = static_cast<std::int32_t>(options_.number("max-wait-ms")),
                       .min_bytes = 1,
                       .max_bytes = kMaxAnswerBytes};
  for (const auto& topic : topics_) {
    FetchRequest::Topic asked{.topic = topic.name.value_or(""), .topic_id = topic.topic_id};
    for (const auto& partition : topic.partitions) {
      const auto& replicas = partition.replica_nodes;
      if (std::find(replicas.begin(), replicas.end(), broker) == replicas.end()) continue;
      asked.partitions.push_back(
          {.partition = partition.partition_index,
           .log_start_offset = 0,
           .partition_max_bytes = static_cast<std::int32_t>(options_.number("fetch-size"))});
    }
    if (!asked.partitions.empty()) request.topics.push_back(std::move(asked));
  }
  return request;
}

base::Status Verification::open_sources() {
  std::set<BrokerId> brokers;
  for (const auto& topic : topics_) {
    for (const auto& partition : topic.partitions) {
      brokers.insert(partition.replica_nodes.begin(), partition.replica_nodes.end());
    }
  }
  for (BrokerId broker : brokers) {
    auto access = ClusterAccess::open(options_.value("broker-list"), {});
    if (!access) return access.error();
    Source& source = sources_.emplace_back();
    source.broker = broker;
    source.access = std::move(*access);
    source.request = request_for(broker);
    for (const auto& topic : topics_) source.names[topic.topic_id] = topic.name.value_or("");
  }
  return {};
}

void Verification::update_offsets(Source& source) const {
  for (auto& topic : source.request.topics) {
    for (auto& partition : topic.partitions) {
      partition.fetch_offset = comparison_.offset({topic.topic, partition.partition});
    }
  }
}

Answer Verification::fetch(Source& source) {
  client::ClusterClient& client = source.access->client();
  auto connection = client.to_broker(source.broker);
  if (!connection) return connection.error();
  // Below inter.broker.protocol.version 2.8 topics have no ids.
  const auto& topics = source.request.topics;
  bool has_ids = std::none_of(topics.begin(), topics.end(),
                              [](const auto& topic) { return topic.topic_id.is_zero(); });
  auto version = (*connection)
                     ->version_for(FetchRequest::kApi, FetchRequest::kApi.min,
                                   has_ids ? FetchRequest::kApi.max : kLastFetchWithNames);
  if (!version) return version.error();
  auto answer = (*connection)
                    ->send_and_receive<FetchRequest, FetchResponse>(source.request, *version,
                                                                    client.request_deadline());
  if (!answer) client.drop(*connection);
  return answer;
}

base::Result<bool> Verification::compare(const std::vector<Answer>& answers) {
  std::map<TopicPartition, FetchedReplicas> fetched;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    for (const auto& topic : source.request.topics) {
      for (const auto& asked : topic.partitions) {
        fetched[{topic.topic, asked.partition}][source.broker] = {};
      }
    }
    if (!answers[i]) continue;
    for (const auto& topic : answers[i]->responses) {
      const std::string& name =
          topic.topic_id.is_zero() ? topic.topic : source.names.at(topic.topic_id);
      for (const auto& partition : topic.partitions) {
        auto known = fetched.find({name, partition.partition_index});
        if (known == fetched.end()) continue;
        known->second[source.broker] = {.high_watermark = partition.high_watermark,
                                        .records = partition.records.bytes};
      }
    }
  }
  comparison_.begin_round();
  for (const auto& [partition, replicas] : fetched) {
    auto differences = comparison_.compare(partition, replicas);
    if (!differences) return differences.error();
    for (const ReplicaDifference& difference : *differences) {
      print_line(difference.text);
      if (difference.ends_verification) return false;
    }
  }
  return true;
}

void Verification::report() {
  const std::int64_t now_ms = base::Clock::system().monotonic_ms();
  if (now_ms - reported_ms_ <= options_.number("report-interval-ms")) return;
  reported_ms_ = now_ms;
  const ReplicaLag& lag = comparison_.lag();
  print_line("max lag is " + std::to_string(lag.lag) + " for partition " +
             (lag.partition ? lag.partition->to_string() : "null") + " at offset " +
             std::to_string(lag.offset) + " among " +
             std::to_string(comparison_.partition_count()) + " partitions");
}

std::vector<Answer> Verification::fetch_from_all() {
  std::vector<Answer> answers(sources_.size(), base::Error("not asked yet"));
  std::vector<base::Thread> threads;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    update_offsets(source);
    threads.emplace_back("replica-fetcher-" + std::to_string(source.broker),
                         [&source, &answer = answers[i]] { answer = fetch(source); });
  }
  for (base::Thread& thread : threads) thread.join();
  return answers;
}

base::Result<int> Verification::run(const EndSignals& signals) {
  print_line("verification process is started");
  while (signals.received() == 0) {
    std::vector<Answer> answers = fetch_from_all();
    auto is_answer = [](const Answer& answer) { return answer.ok(); };
    const bool is_whole = std::all_of(answers.begin(), answers.end(), is_answer);
    auto equal = compare(answers);
    if (!equal) return equal.error();
    if (!*equal) return 1;
    report();
    // The others would answer the same again, at once.
    if (!is_whole) base::pause_ms(options_.number("max-wait-ms"));
  }
  return kSignalExit + signals.received();
}

base::Result<std::vector<MetadataResponse::Topic>> chosen_topics(client::ClusterClient& client,
                                                                 const TopicFilter& filter) {
  auto answer = client.call_any<MetadataRequest, MetadataResponse>(
      {.topics = std::nullopt, .allow_auto_topic_creation = false});
  if (!answer) return answer.error();
  std::vector<MetadataResponse::Topic> topics;
  for (auto& topic : answer->topics) {
    if (topic.error_code != protocol::ErrorCode::kNone) continue;
    if (filter.allows(topic.name.value_or(""), false)) topics.push_back(std::move(topic));
  }
  return topics;
}

// Where each partition is to be compared from on; an error for one that has no such place.
base::Result<OffsetsByPartition> starts_of(client::ClusterClient& client,
                                           const std::vector<MetadataResponse::Topic>& topics,
                                           std::int64_t time_ms) {
  std::vector<TopicPartition> partitions;
  for (const auto& topic : topics) {
    for (const auto& partition : topic.partitions) {
      partitions.push_back({topic.name.value_or(""), partition.partition_index});
    }
  }
  auto offsets = ClusterGroups(client).log_offsets(partitions, time_ms);
  if (!offsets) return offsets.error();
  for (const TopicPartition& partition : partitions) {
    auto found = offsets->find(partition);
    if (found != offsets->end() && found->second >= 0) continue;
    return base::Error("partition " + partition.to_string() +
                       (found == offsets->end()
                            ? " has no leader to ask for its offsets"
                            : " has no record at or after --time " + std::to_string(time_ms)));
  }
  return offsets;
}

base::Result<int> run(const Options& options) {
  log_warning("This tool is deprecated and may be removed in a future major release.", kLogger);
  auto filter = TopicFilter::parse(
      options.value(options.has("topics-include") ? "topics-include" : "topic-white-list"));
  if (!filter) return filter.error();
  auto access = ClusterAccess::open(options.value("broker-list"), {});
  if (!access) return access.error();
  auto topics = chosen_topics((*access)->client(), *filter);
  if (!topics) return topics.error();
  if (topics->empty()) {
    log_error(
        "No topics found. [topics-include] if specified, is either filtering out all topics or "
        "there is no topic.",
        kLogger);
    return 1;
  }
  auto starts = starts_of((*access)->client(), *topics, options.number("time"));
  if (!starts) return starts.error();
  const EndSignals signals;
  Verification verification(options, std::move(*topics), std::move(*starts));
  base::Status opened = verification.open_sources();
  if (!opened) return opened.error();
  return verification.run(signals);
}

}  // namespace

int run_replica_verification(const Arguments& arguments) {
  const OptionParser parser(replica_verification_options());
  auto options = parser.parse(arguments);
  if (!options) return print_usage(parser, options.error().message);
  auto helped =
      help_or_version(parser, *options, arguments.size(),
                      "Validate that all replicas for a set of topics have the same data.");
  if (helped) return *helped;
  if (!options->has("broker-list")) {
    return print_usage(parser, "Missing required argument \"[broker-list]\"");
  }
  if (options->has("topics-include") && options->has("topic-white-list")) {
    return print_usage(parser,
                       "Option \"[topics-include]\" can't be used with option "
                       "\"[topic-white-list]\"");
  }
  auto code = run(*options);
  return code ? *code : exit_code(code.error());
}

}  // namespace odradek::tools
