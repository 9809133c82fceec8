// TlsSettings: the ssl.* settings of one listener, or of a client, gathered from where they are
// given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/broker_config.h"
#include "server/config/properties.h"
#include "server/security/stores.h"

namespace odradek::security {

enum class ClientAuthentication : std::uint8_t { kNone, kRequested, kRequired };

struct TlsSettings {
  std::vector<std::string> enabled_protocols = {"TLSv1.2", "TLSv1.3"};
  std::vector<std::string> cipher_suites;  // IANA names; empty: the library's choice
  ClientAuthentication client_authentication = ClientAuthentication::kNone;
  bool check_host_name = true;  // a client's: the certificate must name the host connected to
  KeyStoreSource key_store;
  TrustStoreSource trust_store;

  // What a broker's listener uses, and what the broker as a client of such a listener uses.
  // `listener_name` picks the listener.name.<name>.ssl.* values.
  static base::Result<TlsSettings> of_listener(const config::BrokerConfig& config,
                                               std::string_view listener_name);

  // What a tool's --command-config file says (ssl.* keys as Java clients have them).
  static base::Result<TlsSettings> of_client(const config::Properties& properties);
};

}  // namespace odradek::security
