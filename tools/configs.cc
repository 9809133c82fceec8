// kafka-configs: describes and alters configs of topics, brokers, users, clients and addresses.
#include <cstdio>

#include "base/text.h"
#include "tools/client_settings.h"
#include "tools/cluster_configs.h"
#include "tools/commands.h"
#include "tools/config_command.h"
#include "tools/exception_name.h"
#include "tools/option_parser.h"
#include "tools/zookeeper_access.h"
#include "tools/zookeeper_configs.h"

namespace odradek::tools {
namespace {

base::Status run_config_command(const ConfigCommand& command) {
  const auto old_format = command.added.find("message.format.version");
  if (old_format != command.added.end()) {
    std::printf(
        "WARNING: The configuration message.format.version=%s is specified. This configuration "
        "will be ignored if the version is newer than the inter.broker.protocol.version specified "
        "in the broker or if the inter.broker.protocol.version is 3.0 or newer. This configuration "
        "is deprecated and it will be removed in Apache Kafka 4.0.\n",
        old_format->second.c_str());
  }
  if (!command.zookeeper.empty()) {
    auto session = open_zookeeper(command.zookeeper);
    if (!session) return session.error();
    return ZookeeperConfigs(**session).run(command);
  }
  auto access = ClusterAccess::open_with_file(command.bootstrap_servers, command.settings_path);
  if (!access) return access.error();
  return ClusterConfigs((*access)->client()).run(command);
}

}  // namespace

int run_configs(const Arguments& arguments) {
  const OptionParser parser(config_options());
  auto options = parser.parse(arguments);
  if (!options) return exit_code(options.error());
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to manipulate and describe entity config for a "
                                "topic, client, user, broker, ip or client-metrics");
  if (helped) return *helped;
  if (auto problem = check_config_usage(*options)) return print_usage(parser, *problem);
  auto command = config_command(*options);
  if (!command) return exit_code(command.error());
  base::Status done = run_config_command(*command);
  if (done || done.error().code == -1) return exit_code(done);
  // An answer of somebody else, in the words under which scripts look for it.
  std::fflush(stdout);
  std::fprintf(stderr, "Error while executing config command with args '%s'\n",
               base::join(arguments, " ").c_str());
  return exit_code(base::Error("java.util.concurrent.ExecutionException: " +
                               exception_name(done.error()) + ": " + done.error().message));
}

}  // namespace odradek::tools
