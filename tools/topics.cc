// kafka-topics: list, create, describe, alter and delete topics.
#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "protocol/errors.h"
#include "tools/client_settings.h"
#include "tools/cluster_topics.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/option_parser.h"
#include "tools/topics_command.h"
#include "tools/zookeeper_topics.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kLogger = "org.apache.kafka.tools.TopicCommand";
constexpr std::int32_t kZookeeperTimeoutMs = 30'000;

// The names under which scripts look for these errors in what the tool says.
std::string exception_name(const base::Error& error) {
  using protocol::ErrorCode;
  const std::string package = "org.apache.kafka.common.errors.";
  switch (protocol::code_of(error)) {
    case ErrorCode::kTopicAlreadyExists:
      return package + "TopicExistsException";
    case ErrorCode::kInvalidTopicException:
      return package + "InvalidTopicException";
    case ErrorCode::kUnknownTopicOrPartition:
      return package + "UnknownTopicOrPartitionException";
    case ErrorCode::kInvalidReplicationFactor:
      return package + "InvalidReplicationFactorException";
    case ErrorCode::kInvalidPartitions:
      return package + "InvalidPartitionsException";
    case ErrorCode::kInvalidReplicaAssignment:
      return package + "InvalidReplicaAssignmentException";
    case ErrorCode::kInvalidConfig:
      return package + "InvalidConfigurationException";
    case ErrorCode::kTopicAuthorizationFailed:
      return package + "TopicAuthorizationException";
    case ErrorCode::kClusterAuthorizationFailed:
      return package + "ClusterAuthorizationException";
    case ErrorCode::kTopicDeletionDisabled:
      return package + "TopicDeletionDisabledException";
    case ErrorCode::kPolicyViolation:
      return package + "PolicyViolationException";
    case ErrorCode::kUnsupportedVersion:
      return package + "UnsupportedVersionException";
    case ErrorCode::kRequestTimedOut:
      return package + "TimeoutException";
    case ErrorCode::kNetworkException:
      return package + "DisconnectException";
    default:
      return error.code == -1 ? "java.lang.IllegalArgumentException"
                              : std::string(protocol::error_name(protocol::code_of(error)));
  }
}

base::Status run_by_zookeeper(const TopicsCommand& command) {
  zk::Session session({.connect = command.zookeeper,
                       .session_timeout_ms = kZookeeperTimeoutMs,
                       .connection_timeout_ms = kZookeeperTimeoutMs},
                      base::Clock::system());
  if (base::Status connected = session.connect(); !connected) return connected;
  return ZookeeperTopics(session).run(command);
}

base::Status run_by_brokers(const TopicsCommand& command) {
  auto access = ClusterAccess::open_with_file(command.bootstrap_servers, command.settings_path);
  if (!access) return access.error();
  return ClusterTopics((*access)->client()).run(command);
}

base::Status run_command(const Options& options) {
  auto command = topics_command(options);
  if (!command) return command.error();
  bool creates = command->action == TopicsAction::kCreate;
  if (creates && command->topic->find_first_of("._") != std::string::npos) {
    std::puts(
        "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore "
        "('_') could collide. To avoid issues it is best to use either, but not both.");
  }
  return command->zookeeper.empty() ? run_by_brokers(*command) : run_by_zookeeper(*command);
}

}  // namespace

int run_topics(const Arguments& arguments) {
  const OptionParser parser(topics_options());
  auto options = parser.parse(arguments);
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().message.c_str());
    return 1;
  }
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to create, delete, describe, or change a topic.");
  if (helped) return *helped;
  if (auto problem = check_topics_options(*options)) return print_usage(parser, *problem);
  base::Status done = run_command(*options);
  if (done.ok()) return 0;
  std::printf("Error while executing topic command : %s\n", done.error().message.c_str());
  std::fflush(stdout);
  log_error(exception_name(done.error()) + ": " + done.error().message, kLogger);
  return 1;
}

}  // namespace odradek::tools
