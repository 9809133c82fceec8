#include "tools/rdkafka_client.h"

#include <librdkafka/rdkafka.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <syslog.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "server/security/stores.h"
#include "server/security/tls_settings.h"
#include "tools/client_settings.h"
#include "tools/command_log.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kLogger = "org.apache.kafka.clients.NetworkClient";

struct DestroyConf {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DestroyConf>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string certificates_as_pem(const std::vector<security::Certificate>& certificates) {
  Bio bio(BIO_new(BIO_s_mem()));
  for (const auto& certificate : certificates) PEM_write_bio_X509(bio.get(), certificate.get());
  return text_of(bio);
}

std::string key_as_pem(const security::PrivateKey& key) {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

base::Status set_certificate(rd_kafka_conf_t* conf, rd_kafka_cert_type_t type,
                             const std::string& pem) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set_ssl_cert(conf, type, RD_KAFKA_CERT_ENC_PEM, pem.data(), pem.size(),
                                 reason.data(), reason.size()) == RD_KAFKA_CONF_OK) {
    return {};
  }
  return base::Error(std::string("The client's key or certificate is refused: ") + reason.data());
}

base::Status set_tls(rd_kafka_conf_t* conf, const config::Properties& settings) {
  auto tls = security::TlsSettings::of_client(settings);
  if (!tls) return tls.error();
  if (tls->trust_store.given()) {
    auto trusted = security::load_trust_store(tls->trust_store);
    if (!trusted) return trusted.error();
    if (base::Status set = set_certificate(conf, RD_KAFKA_CERT_CA, certificates_as_pem(*trusted));
        !set) {
      return set;
    }
  }
  if (!tls->key_store.given()) return {};
  auto entry = security::load_key_store(tls->key_store);
  if (!entry) return entry.error();
  if (base::Status set =
          set_certificate(conf, RD_KAFKA_CERT_PUBLIC_KEY, certificates_as_pem(entry->chain));
      !set) {
    return set;
  }
  return set_certificate(conf, RD_KAFKA_CERT_PRIVATE_KEY, key_as_pem(entry->key));
}

base::Status set_values(rd_kafka_conf_t* conf, const config::Properties& values) {
  for (const auto& [key, value] : values) {
    std::array<char, 512> reason{};
    if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), reason.data(), reason.size()) !=
        RD_KAFKA_CONF_OK) {
      return base::Error("Invalid value " + value + " for configuration " + key + ": " +
                         reason.data());
    }
  }
  return {};
}

void write_log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  std::string line = std::string("[") + rd_kafka_name(handle) + "] " + facility + ": " + text;
  if (level <= LOG_ERR) {
    log_error(line, kLogger);
  } else if (level <= LOG_WARNING) {
    log_warning(line, kLogger);
  }
}

void deliver(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<RdkafkaObserver*>(opaque)->on_delivery(*message);
}

void report_error(rd_kafka_t* handle, int code, const char* reason, void* opaque) {
  std::string text = reason;
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    std::array<char, 512> details{};
    code = rd_kafka_fatal_error(handle, details.data(), details.size());
    text = details.data();
  }
  static_cast<RdkafkaObserver*>(opaque)->on_error(code, text);
}

}  // namespace

base::Result<std::unique_ptr<RdkafkaClient>> RdkafkaClient::create(
    const config::Properties& settings, ClientRole role, RdkafkaObserver& observer) {
  auto translated = rdkafka_settings(settings, role);
  if (!translated) return translated.error();
  if (!translated->unknown.empty()) {
    log_warning(
        "These configurations have no effect here: " + base::join(translated->unknown, ", "),
        "org.apache.kafka.clients");
  }
  Conf conf(rd_kafka_conf_new());
  if (base::Status set = set_values(conf.get(), translated->values); !set) return set.error();
  auto tls = uses_tls(settings);
  if (!tls) return tls.error();
  if (*tls) {
    if (base::Status set = set_tls(conf.get(), settings); !set) return set.error();
  }
  rd_kafka_conf_set_opaque(conf.get(), &observer);
  rd_kafka_conf_set_log_cb(conf.get(), write_log);
  rd_kafka_conf_set_error_cb(conf.get(), report_error);
  if (role == ClientRole::kProducer) rd_kafka_conf_set_dr_msg_cb(conf.get(), deliver);
  std::array<char, 512> reason{};
  rd_kafka_t* handle =
      rd_kafka_new(role == ClientRole::kProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                   conf.get(), reason.data(), reason.size());
  if (handle == nullptr) {
    return base::Error(std::string("Failed to construct kafka client: ") + reason.data());
  }
  static_cast<void>(conf.release());  // the client's now
  return std::unique_ptr<RdkafkaClient>(new RdkafkaClient(handle));
}

RdkafkaClient::~RdkafkaClient() { rd_kafka_destroy(handle_); }

bool is_authentication_failure(int code, const std::string& reason) {
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) return true;
  // A broker that goes away during a handshake is no refusal.
  return code == RD_KAFKA_RESP_ERR__SSL && reason.find("Disconnected") == std::string::npos &&
         reason.find("onnection reset") == std::string::npos;
}

}  // namespace odradek::tools
