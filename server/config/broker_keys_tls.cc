#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"principal.builder.class", &TlsConfig::principal_builder_class,
     "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", kAnyValue,
     Scope::kPerBroker, Importance::kMedium,
     "Java plugin that makes a principal from a connection. The default one's behaviour is built "
     "in.",
     Standing::kJavaOnly},
    {"security.providers", &TlsConfig::security_providers, nullptr, kAnyValue, Scope::kReadOnly,
     Importance::kLow, "Java security providers.", Standing::kJavaOnly},
    {"ssl.allow.dn.changes", &TlsConfig::ssl_allow_dn_changes, "false", kAnyValue, Scope::kReadOnly,
     Importance::kLow, "Whether a reloaded keystore's certificate may have another subject."},
    {"ssl.allow.san.changes", &TlsConfig::ssl_allow_san_changes, "false", kAnyValue,
     Scope::kReadOnly, Importance::kLow,
     "Whether a reloaded keystore's certificate may lack alternative names that the old one had."},
    {"ssl.cipher.suites", &TlsConfig::ssl_cipher_suites, "", kAnyValue, Scope::kPerBroker,
     Importance::kMedium,
     "Cipher suites to offer, by their TLS names. Those of the library when empty."},
    {"ssl.client.auth", &TlsConfig::ssl_client_auth, "none", one_of("required requested none"),
     Scope::kPerBroker, Importance::kMedium,
     "Whether clients must (required), may (requested) or need not (none) show a certificate."},
    {"ssl.enabled.protocols", &TlsConfig::ssl_enabled_protocols, "TLSv1.2,TLSv1.3", kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "TLS versions to offer."},
    {"ssl.endpoint.identification.algorithm", &TlsConfig::ssl_endpoint_identification_algorithm,
     "https", kAnyValue, Scope::kPerBroker, Importance::kLow,
     "https checks, when this broker connects, that a certificate names the host connected to; "
     "empty text turns that off."},
    {"ssl.engine.factory.class", &TlsConfig::ssl_engine_factory_class, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kLow, "Java plugin that makes TLS engines.",
     Standing::kJavaOnly},
    {"ssl.key.password", &TlsConfig::ssl_key_password, nullptr, kAnyValue, Scope::kPerBroker,
     Importance::kMedium, "Password of the private key in a keystore or in PEM."},
    {"ssl.keymanager.algorithm", &TlsConfig::ssl_keymanager_algorithm, "SunX509", kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "Java algorithm to pick keys.", Standing::kJavaOnly},
    {"ssl.keystore.certificate.chain", &TlsConfig::ssl_keystore_certificate_chain, nullptr,
     kAnyValue, Scope::kPerBroker, Importance::kMedium,
     "Certificate chain in PEM, this broker's certificate first."},
    {"ssl.keystore.key", &TlsConfig::ssl_keystore_key, nullptr, kAnyValue, Scope::kPerBroker,
     Importance::kMedium, "Private key in PEM (PKCS#8)."},
    {"ssl.keystore.location", &TlsConfig::ssl_keystore_location, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "File with this broker's certificate and key."},
    {"ssl.keystore.password", &TlsConfig::ssl_keystore_password, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "Password of the keystore file. PEM files have none."},
    {"ssl.keystore.type", &TlsConfig::ssl_keystore_type, "JKS", kAnyValue, Scope::kPerBroker,
     Importance::kMedium, "JKS, PKCS12 or PEM."},
    {"ssl.principal.mapping.rules", &TlsConfig::ssl_principal_mapping_rules, "DEFAULT", kAnyValue,
     Scope::kReadOnly, Importance::kLow,
     "How a client certificate's subject becomes a user name: RULE:pattern/replacement/[LU] or "
     "DEFAULT, first match wins."},
    {"ssl.protocol", &TlsConfig::ssl_protocol, "TLSv1.3", kAnyValue, Scope::kPerBroker,
     Importance::kMedium,
     "TLS version a context is made for; ssl.enabled.protocols decides what is offered.",
     Standing::kJavaOnly},
    {"ssl.provider", &TlsConfig::ssl_provider, nullptr, kAnyValue, Scope::kPerBroker,
     Importance::kMedium, "Java security provider for TLS.", Standing::kJavaOnly},
    {"ssl.secure.random.implementation", &TlsConfig::ssl_secure_random_implementation, nullptr,
     kAnyValue, Scope::kPerBroker, Importance::kLow, "Java random number generator for TLS.",
     Standing::kJavaOnly},
    {"ssl.trustmanager.algorithm", &TlsConfig::ssl_trustmanager_algorithm, "PKIX", kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "Java algorithm to judge certificates.",
     Standing::kJavaOnly},
    {"ssl.truststore.certificates", &TlsConfig::ssl_truststore_certificates, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "Trusted certificates in PEM."},
    {"ssl.truststore.location", &TlsConfig::ssl_truststore_location, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kMedium, "File with the certificates that vouch for others."},
    {"ssl.truststore.password", &TlsConfig::ssl_truststore_password, nullptr, kAnyValue,
     Scope::kPerBroker, Importance::kMedium,
     "Password of the truststore file. Without it, its integrity is not checked. PEM files have "
     "none."},
    {"ssl.truststore.type", &TlsConfig::ssl_truststore_type, "JKS", kAnyValue, Scope::kPerBroker,
     Importance::kMedium, "JKS, PKCS12 or PEM."},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> tls_keys() { return kKeys; }

}  // namespace odradek::config
