// kafka-broker-api-versions: which requests each broker answers, and in which versions.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "protocol/messages/api_versions.h"
#include "tools/client_settings.h"
#include "tools/commands.h"
#include "tools/known_apis.h"
#include "tools/option_parser.h"

namespace odradek::tools {
namespace {

using ApiVersion = protocol::ApiVersionsResponse::ApiVersion;

std::vector<OptionSpec> api_versions_options() {
  return {with_value("bootstrap-server", "server(s) to use for bootstrapping",
                     "REQUIRED: The server to connect to."),
          with_value("command-config", "command config property file",
                     "A property file containing configs to be passed to Admin Client."),
          {.name = "json", .description = "One JSON document instead of lines."},
          {.name = "strict", .description = "End with exit code 1 when a broker does not answer."}};
}

const protocol::Api* known_api(std::int16_t key) {
  for (const protocol::Api& api : known_apis()) {
    if (static_cast<std::int16_t>(api.key) == key) return &api;
  }
  return nullptr;
}

std::string api_name(std::int16_t key) {
  if (const protocol::Api* api = known_api(key)) return std::string(api->name);
  for (const ApiName& api : apis_of_kraft()) {
    if (api.key == key) return std::string(api.name);
  }
  return "UNKNOWN";
}

std::string version_line(const ApiVersion& offered) {
  std::string line = api_name(offered.api_key) + "(" + std::to_string(offered.api_key) +
                     "): " + std::to_string(offered.min_version);
  if (offered.min_version != offered.max_version) {
    line += " to " + std::to_string(offered.max_version);
  }
  const protocol::Api* api = known_api(offered.api_key);
  if (api == nullptr) return line;
  if (api->max < offered.min_version) return line + " [unusable: node too new]";
  if (offered.max_version < api->min) return line + " [unusable: node too old]";
  return line + " [usable: " + std::to_string(std::min(api->max, offered.max_version)) + "]";
}

std::string version_lines(const std::vector<ApiVersion>& offered) {
  std::map<std::int16_t, std::string> lines;
  auto unsupported = [&](std::int16_t key) {
    lines[key] = api_name(key) + "(" + std::to_string(key) + "): UNSUPPORTED";
  };
  for (const protocol::Api& api : known_apis()) unsupported(static_cast<std::int16_t>(api.key));
  for (const ApiName& api : apis_of_kraft()) unsupported(api.key);
  for (const ApiVersion& version : offered) lines[version.api_key] = version_line(version);
  std::vector<std::string> texts;
  for (auto& [key, line] : lines) texts.push_back(std::move(line));
  return "(\n\t" + base::join(texts, ",\n\t") + "\n)";
}

boost::json::array versions_json(const std::vector<ApiVersion>& offered) {
  boost::json::array apis;
  for (const ApiVersion& version : offered) {
    apis.push_back({{"key", version.api_key},
                    {"name", api_name(version.api_key)},
                    {"min", version.min_version},
                    {"max", version.max_version}});
  }
  return apis;
}

base::Result<std::vector<ApiVersion>> versions_of(client::ClusterClient& client,
                                                  protocol::BrokerId id) {
  auto connection = client.to_broker(id);
  if (!connection) return connection.error();
  const protocol::ApiVersionsRequest request{.client_software_name = "odradek-tools",
                                             .client_software_version = "1"};
  auto answer = client.send<protocol::ApiVersionsRequest, protocol::ApiVersionsResponse>(
      **connection, request, client.request_deadline());
  if (!answer) return answer.error();
  return std::move(answer->api_keys);
}

base::Status show_versions(const Options& options) {
  auto access = ClusterAccess::open_with_file(options.value("bootstrap-server"),
                                              options.value("command-config"));
  if (!access) return access.error();
  client::ClusterClient& client = (*access)->client();
  auto view = client.refresh();
  if (!view) return view.error();
  boost::json::array brokers;
  std::vector<std::string> silent;
  for (const auto& [id, broker] : view->brokers) {
    auto offered = versions_of(client, id);
    if (!offered) silent.push_back(std::to_string(id));
    if (options.has("json")) {
      boost::json::object shown{{"id", id}, {"endpoint", broker.endpoint.to_string()}};
      if (offered) shown["apis"] = versions_json(*offered);
      if (!offered) shown["error"] = offered.error().message;
      brokers.push_back(std::move(shown));
      continue;
    }
    const std::string rack = broker.rack.empty() ? "null" : broker.rack;
    std::printf("%s (id: %d rack: %s) -> %s\n", broker.endpoint.to_string().c_str(), id,
                rack.c_str(),
                (offered ? version_lines(*offered) : "ERROR: " + offered.error().message).c_str());
  }
  if (options.has("json")) {
    const boost::json::object document{{"version", 1}, {"brokers", std::move(brokers)}};
    std::puts(boost::json::serialize(document).c_str());
  }
  if (silent.empty() || !options.has("strict")) return {};
  return base::Error("No answer of broker " + base::join(silent, ", "));
}

}  // namespace

int run_broker_api_versions(const Arguments& arguments) {
  const OptionParser parser(api_versions_options());
  auto options = parser.parse(arguments);
  if (!options) return exit_code(options.error());
  auto helped = help_or_version(parser, *options, arguments.size(),
                                "This tool helps to retrieve broker version information.");
  if (helped) return *helped;
  if (!options->has("bootstrap-server")) {
    return print_usage(parser, "Missing required argument \"[bootstrap-server]\"");
  }
  return exit_code(show_versions(*options));
}

}  // namespace odradek::tools
