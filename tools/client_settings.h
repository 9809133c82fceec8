// Settings of a Java client as tools are given them: where they come from, and a cluster reached
// with them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/client/cluster_client.h"
#include "server/client/connection_factory.h"
#include "server/config/properties.h"
#include "server/security/tls_context.h"

namespace odradek::tools {

// How long a tool gives the controller for what it asks, as upstream's admin client does by
// default.
constexpr std::int32_t kAdminTimeoutMs = 30'000;

// The file of --command-config and its like; no file for an empty path.
base::Result<config::Properties> read_client_settings(const std::string& path);

// True for SSL and SASL_SSL. An error for what is no protocol.
base::Result<bool> uses_tls(const config::Properties& settings);

// A ClusterClient and all that it borrows.
class ClusterAccess {
 public:
  // PLAINTEXT or SSL; the error names what the settings have wrong, or that SASL is not spoken
  // here.
  static base::Result<std::unique_ptr<ClusterAccess>> open(const std::string& bootstrap_servers,
                                                           const config::Properties& settings);

  // With the settings of a file, or none for an empty path.
  static base::Result<std::unique_ptr<ClusterAccess>> open_with_file(
      const std::string& bootstrap_servers, const std::string& settings_path);

  client::ClusterClient& client() { return *client_; }

 private:
  ClusterAccess() = default;

  std::unique_ptr<security::TlsContext> tls_;
  std::unique_ptr<client::UniformConnections> connections_;
  std::unique_ptr<client::ClusterClient> client_;
};

}  // namespace odradek::tools
