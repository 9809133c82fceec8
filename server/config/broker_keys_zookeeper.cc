#include "server/config/broker_keys.h"

namespace odradek::config {
namespace {

constexpr ConfigKey<BrokerConfig> kKeys[] = {
    {"zookeeper.clientCnxnSocket", &ZookeeperConfig::zookeeper_client_cnxn_socket, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "Class of ZooKeeper's Java client that opens the socket; this broker uses the C client and "
     "has no use for it.",
     Standing::kJavaOnly},
    {"zookeeper.connect", &ZookeeperConfig::zookeeper_connect, nullptr, kAnyValue, Scope::kReadOnly,
     Importance::kHigh,
     "ZooKeeper servers as host:port pairs with commas between them, optionally followed by one "
     "/path under which the whole cluster lives."},
    {"zookeeper.connection.timeout.ms", &ZookeeperConfig::zookeeper_connection_timeout_ms, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "How long to wait for the first connection to ZooKeeper, in milliseconds. The session timeout "
     "when not given."},
    {"zookeeper.max.in.flight.requests", &ZookeeperConfig::zookeeper_max_in_flight_requests, "10",
     at_least(1), Scope::kReadOnly, Importance::kHigh,
     "How many requests may be unanswered by ZooKeeper at once."},
    {"zookeeper.session.timeout.ms", &ZookeeperConfig::zookeeper_session_timeout_ms, "18000",
     kAnyValue, Scope::kReadOnly, Importance::kHigh,
     "After this many milliseconds without contact ZooKeeper ends the session, and the broker "
     "counts as dead."},
    {"zookeeper.set.acl", &ZookeeperConfig::zookeeper_set_acl, "false", kAnyValue, Scope::kReadOnly,
     Importance::kHigh,
     "Whether znodes are created so that only brokers may change them (anyone may read those "
     "without secrets)."},
    {"zookeeper.ssl.cipher.suites", &ZookeeperConfig::zookeeper_ssl_cipher_suites, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kLow,
     "Cipher suites offered to ZooKeeper over TLS. Those of the library when not given.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.client.enable", &ZookeeperConfig::zookeeper_ssl_client_enable, "false",
     kAnyValue, Scope::kReadOnly, Importance::kMedium, "Whether to speak TLS to ZooKeeper.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.crl.enable", &ZookeeperConfig::zookeeper_ssl_crl_enable, "false", kAnyValue,
     Scope::kReadOnly, Importance::kLow,
     "Whether revocation lists are checked for ZooKeeper's certificate.", Standing::kNotBuilt},
    {"zookeeper.ssl.enabled.protocols", &ZookeeperConfig::zookeeper_ssl_enabled_protocols, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kLow,
     "TLS versions offered to ZooKeeper. The one of zookeeper.ssl.protocol when not given.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.endpoint.identification.algorithm",
     &ZookeeperConfig::zookeeper_ssl_endpoint_identification_algorithm, "HTTPS", kAnyValue,
     Scope::kReadOnly, Importance::kLow,
     "HTTPS checks that ZooKeeper's certificate names the host connected to; empty text turns that "
     "off.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.keystore.location", &ZookeeperConfig::zookeeper_ssl_keystore_location, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "File with this broker's certificate and key for ZooKeeper.", Standing::kNotBuilt},
    {"zookeeper.ssl.keystore.password", &ZookeeperConfig::zookeeper_ssl_keystore_password, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "Password of the keystore for ZooKeeper; the key must have the same one.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.keystore.type", &ZookeeperConfig::zookeeper_ssl_keystore_type, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "JKS, PKCS12 or PEM. Told by the file's name when not given.", Standing::kNotBuilt},
    {"zookeeper.ssl.ocsp.enable", &ZookeeperConfig::zookeeper_ssl_ocsp_enable, "false", kAnyValue,
     Scope::kReadOnly, Importance::kLow,
     "Whether the certificate's issuer is asked online if ZooKeeper's certificate was revoked.",
     Standing::kNotBuilt},
    {"zookeeper.ssl.protocol", &ZookeeperConfig::zookeeper_ssl_protocol, "TLSv1.2", kAnyValue,
     Scope::kReadOnly, Importance::kLow, "TLS version to use with ZooKeeper.", Standing::kNotBuilt},
    {"zookeeper.ssl.truststore.location", &ZookeeperConfig::zookeeper_ssl_truststore_location,
     nullptr, kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "File with the certificates that vouch for ZooKeeper's.", Standing::kNotBuilt},
    {"zookeeper.ssl.truststore.password", &ZookeeperConfig::zookeeper_ssl_truststore_password,
     nullptr, kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "Password of the truststore for ZooKeeper.", Standing::kNotBuilt},
    {"zookeeper.ssl.truststore.type", &ZookeeperConfig::zookeeper_ssl_truststore_type, nullptr,
     kAnyValue, Scope::kReadOnly, Importance::kMedium,
     "JKS, PKCS12 or PEM. Told by the file's name when not given.", Standing::kNotBuilt},
};

}  // namespace

std::span<const ConfigKey<BrokerConfig>> zookeeper_keys() { return kKeys; }

}  // namespace odradek::config
