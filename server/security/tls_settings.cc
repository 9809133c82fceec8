#include "server/security/tls_settings.h"

#include "base/text.h"
#include "protocol/errors.h"

namespace odradek::security {
namespace {

ClientAuthentication client_authentication_of(std::string_view text) {
  if (text == "required") return ClientAuthentication::kRequired;
  if (text == "requested") return ClientAuthentication::kRequested;
  return ClientAuthentication::kNone;
}

}  // namespace

base::Result<TlsSettings> TlsSettings::of_listener(const config::BrokerConfig& config,
                                                   std::string_view listener_name) {
  auto own = config.for_listener(listener_name);
  if (!own) return own.error();
  TlsSettings settings;
  settings.enabled_protocols = own->ssl_enabled_protocols;
  settings.cipher_suites = own->ssl_cipher_suites;
  settings.client_authentication = client_authentication_of(own->ssl_client_auth);
  settings.check_host_name =
      base::equals_ignoring_case(own->ssl_endpoint_identification_algorithm, "https");
  settings.key_store = {.type = own->ssl_keystore_type,
                        .location = own->ssl_keystore_location,
                        .password = own->ssl_keystore_password,
                        .key_password = own->ssl_key_password,
                        .key_text = own->ssl_keystore_key,
                        .chain_text = own->ssl_keystore_certificate_chain};
  settings.trust_store = {.type = own->ssl_truststore_type,
                          .location = own->ssl_truststore_location,
                          .password = own->ssl_truststore_password,
                          .certificates_text = own->ssl_truststore_certificates};
  return settings;
}

base::Result<TlsSettings> TlsSettings::of_client(const config::Properties& properties) {
  // A client's ssl.* keys have the names, types and defaults of a broker's.
  config::ConfigLayers layers;
  for (auto at = properties.lower_bound("ssl.");
       at != properties.end() && at->first.starts_with("ssl."); ++at) {
    layers.file.insert(*at);
  }
  auto config = config::BrokerConfig::build(std::move(layers));
  if (!config) return config.error();
  return of_listener(*config, "");
}

}  // namespace odradek::security
