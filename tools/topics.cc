// kafka-topics: list, create, describe, alter and delete topics.
#include <cstdio>
#include <string_view>

#include "protocol/errors.h"
#include "tools/client_settings.h"
#include "tools/cluster_topics.h"
#include "tools/command_log.h"
#include "tools/commands.h"
#include "tools/exception_name.h"
#include "tools/option_parser.h"
#include "tools/topics_command.h"
#include "tools/zookeeper_access.h"
#include "tools/zookeeper_topics.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kLogger = "org.apache.kafka.tools.TopicCommand";

base::Status run_by_zookeeper(const TopicsCommand& command) {
  auto session = open_zookeeper(command.zookeeper);
  if (!session) return session.error();
  return ZookeeperTopics(**session).run(command);
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
