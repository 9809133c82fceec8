#include "tools/client_settings.h"

#include <utility>

#include "base/text.h"
#include "protocol/errors.h"
#include "server/security/tls_settings.h"

namespace odradek::tools {
namespace {

std::string setting(const config::Properties& settings, std::string_view key,
                    std::string_view otherwise) {
  auto found = settings.find(key);
  return std::string(found == settings.end() ? otherwise : std::string_view(found->second));
}

}  // namespace

base::Result<config::Properties> read_client_settings(const std::string& path) {
  if (path.empty()) return config::Properties{};
  return config::read_properties(path);
}

base::Result<bool> uses_tls(const config::Properties& settings) {
  std::string protocol =
      base::to_upper(base::trim(setting(settings, "security.protocol", "PLAINTEXT")));
  if (protocol == "PLAINTEXT" || protocol == "SASL_PLAINTEXT") return false;
  if (protocol == "SSL" || protocol == "SASL_SSL") return true;
  return base::Error("Invalid value " + protocol +
                     " for configuration security.protocol: it must be PLAINTEXT, SSL, "
                     "SASL_PLAINTEXT or SASL_SSL");
}

base::Result<std::unique_ptr<ClusterAccess>> ClusterAccess::open(
    const std::string& bootstrap_servers, const config::Properties& settings) {
  auto endpoints = client::parse_bootstrap_servers(bootstrap_servers);
  if (!endpoints) return endpoints.error();
  auto tls = uses_tls(settings);
  if (!tls) return tls.error();
  if (base::to_upper(setting(settings, "security.protocol", "")).starts_with("SASL")) {
    return base::Error(
        "This tool does not speak SASL: use a listener of protocol SSL or PLAINTEXT in "
        "security.protocol");
  }
  std::unique_ptr<ClusterAccess> access(new ClusterAccess);
  client::ConnectionOptions connection;
  connection.client_id = setting(settings, "client.id", "adminclient-1");
  if (*tls) {
    auto tls_settings = security::TlsSettings::of_client(settings);
    if (!tls_settings) return tls_settings.error();
    auto context = security::TlsContext::client(*tls_settings);
    if (!context) return context.error();
    access->tls_ = std::make_unique<security::TlsContext>(std::move(*context));
    connection.tls_context = access->tls_->native();
    connection.verify_host_name = access->tls_->check_host_name();
  }
  client::ClusterClientOptions options;
  options.bootstrap = std::move(*endpoints);
  options.client_id = connection.client_id;
  options.request_timeout_ms =
      base::parse_int<std::int64_t>(setting(settings, "default.api.timeout.ms", "60000"), 1)
          .value_or(60'000);
  access->connections_ = std::make_unique<client::UniformConnections>(std::move(connection));
  access->client_ =
      std::make_unique<client::ClusterClient>(std::move(options), *access->connections_);
  if (*tls) {
    // A certificate that is refused will be refused again: say so now, not when all time is up.
    auto first = access->client_->to_any();
    bool refused = !first && first.error().message.find("certificate") != std::string::npos;
    if (refused) return base::Error(protocol::ErrorCode::kNetworkException, first.error().message);
  }
  return access;
}

base::Result<std::unique_ptr<ClusterAccess>> ClusterAccess::open_with_file(
    const std::string& bootstrap_servers, const std::string& settings_path) {
  auto settings = read_client_settings(settings_path);
  if (!settings) return settings.error();
  return open(bootstrap_servers, *settings);
}

}  // namespace odradek::tools
