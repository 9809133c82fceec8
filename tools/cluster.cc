// kafka-cluster: a cluster's id and where its brokers listen.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "tools/client_settings.h"
#include "tools/command_words.h"
#include "tools/commands.h"
#include "tools/option_parser.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kClusterCommands[] = {"cluster-id", "unregister", "list-endpoints"};

std::vector<OptionSpec> cluster_options() {
  return {with_short_name(with_value("bootstrap-server", "servers",
                                     "A list of host/port pairs to use for establishing the "
                                     "connection to the Kafka cluster."),
                          'b'),
          with_short_name(with_value("bootstrap-controller", "controllers",
                                     "Refused: a cluster with ZooKeeper has no such controllers."),
                          'C'),
          with_short_name(with_value("config", "file",
                                     "A property file containing configurations for the Admin "
                                     "client."),
                          'c'),
          with_short_name(with_value("id", ValueType::kInteger, "broker",
                                     "The ID of the broker to unregister."),
                          'i'),
          {.name = "json", .description = "One JSON document instead of lines."},
          {.name = "strict",
           .description = "End with exit code 1 where the cluster cannot do what is asked."},
          {.name = "help", .description = "Print usage information.", .short_name = 'h'}};
}

base::Status show_id(client::ClusterClient& client, const Options& options) {
  auto view = client.refresh();
  if (!view) return view.error();
  if (options.has("json")) {
    const boost::json::object document{{"version", 1}, {"cluster_id", view->cluster_id}};
    std::puts(boost::json::serialize(document).c_str());
  } else if (view->cluster_id.empty()) {
    std::puts("No cluster ID found. The Kafka version is probably too old.");
  } else {
    std::printf("Cluster ID: %s\n", view->cluster_id.c_str());
  }
  return {};
}

// Brokers with ZooKeeper end their registration themselves; only a KRaft cluster keeps it.
base::Status unregister(client::ClusterClient& client, const Options& options) {
  constexpr protocol::Api kUnregisterBroker{
      .key = static_cast<protocol::ApiKey>(64), .name = "UnregisterBroker", .flexible = 0};
  auto connection = client.to_any();
  if (!connection) return connection.error();
  if ((*connection)->version_for(kUnregisterBroker, 0, 0)) {
    return base::Error("This is a KRaft cluster, whose brokers only its own tools unregister.");
  }
  std::puts("The target cluster does not support the broker unregistration API.");
  std::fflush(stdout);
  if (!options.has("strict")) return {};
  return base::Error("Broker " + options.value("id") + " was not unregistered.");
}

// As 4.0's.
base::Status list_endpoints(client::ClusterClient& client, const Options& options) {
  auto view = client.refresh();
  if (!view) return view.error();
  if (options.has("json")) {
    boost::json::array brokers;
    for (const auto& [id, broker] : view->brokers) {
      brokers.push_back({{"id", id},
                         {"host", broker.endpoint.host},
                         {"port", broker.endpoint.port},
                         {"rack", broker.rack.empty() ? boost::json::value(nullptr)
                                                      : boost::json::value(broker.rack)}});
    }
    const boost::json::object document{{"version", 1}, {"brokers", std::move(brokers)}};
    std::puts(boost::json::serialize(document).c_str());
    return {};
  }
  std::size_t host_width = 4;
  std::size_t rack_width = 10;
  for (const auto& [id, broker] : view->brokers) {
    host_width = std::max(host_width, broker.endpoint.host.size());
    rack_width = std::max(rack_width, broker.rack.size());
  }
  auto print = [&](const std::string& id, const std::string& host, const std::string& port,
                   const std::string& rack, const char* state, const char* type) {
    std::printf("%-10s %-*s %-10s %-*s %-10s %-15s\n", id.c_str(), static_cast<int>(host_width),
                host.c_str(), port.c_str(), static_cast<int>(rack_width), rack.c_str(), state,
                type);
  };
  print("ID", "HOST", "PORT", "RACK", "STATE", "ENDPOINT_TYPE");
  for (const auto& [id, broker] : view->brokers) {
    print(std::to_string(id), broker.endpoint.host, std::to_string(broker.endpoint.port),
          broker.rack.empty() ? "null" : broker.rack, "unfenced", "broker");
  }
  return {};
}

base::Status run_cluster_command(const std::string& command, const Options& options) {
  auto access =
      ClusterAccess::open_with_file(options.value("bootstrap-server"), options.value("config"));
  if (!access) return access.error();
  client::ClusterClient& client = (*access)->client();
  if (command == "cluster-id") return show_id(client, options);
  return command == "unregister" ? unregister(client, options) : list_endpoints(client, options);
}

}  // namespace

int run_cluster(const Arguments& arguments) {
  const CommandWords words{"kafka-cluster", kClusterCommands};
  const OptionParser parser(cluster_options());
  auto options = parser.parse(arguments);
  if (!options) return words.refuse(options.error().message);
  if (options->has("help")) return words.help(parser, "The Kafka cluster tool.");
  auto command = words.command(*options);
  if (!command) return words.refuse(command.error().message);
  if (*command == "unregister" && !options->has("id")) {
    return words.refuse("argument --id/-i is required");
  }
  return exit_code(run_cluster_command(*command, *options));
}

}  // namespace odradek::tools
