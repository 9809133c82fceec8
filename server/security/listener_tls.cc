#include "server/security/listener_tls.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <sys/stat.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"

namespace odradek::security {
namespace {

struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
using Session = std::unique_ptr<SSL, FreeSession>;

// A handshake between two of our own contexts, in memory: whether this broker would trust itself.
base::Status try_handshake(const TlsContext& server, const TlsContext& client) {
  Session accepting(SSL_new(server.native()));
  Session connecting(SSL_new(client.native()));
  BIO* one = nullptr;
  BIO* other = nullptr;
  if (!accepting || !connecting || BIO_new_bio_pair(&one, 0, &other, 0) != 1) {
    return base::Error("A handshake cannot be tried: " + take_openssl_errors());
  }
  SSL_set_bio(accepting.get(), one, one);
  SSL_set_bio(connecting.get(), other, other);
  SSL_set_accept_state(accepting.get());
  SSL_set_connect_state(connecting.get());
  constexpr int kMaxRounds = 64;
  for (int round = 0; round < kMaxRounds; ++round) {
    for (SSL* side : {connecting.get(), accepting.get()}) {
      int done = SSL_do_handshake(side);
      int why = SSL_get_error(side, done);
      if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        return base::Error(explain_handshake_failure(side));
      }
    }
    if (SSL_is_init_finished(accepting.get()) && SSL_is_init_finished(connecting.get())) return {};
  }
  return base::Error("the handshake does not end");
}

bool contains_all(const std::vector<std::string>& have, const std::vector<std::string>& wanted) {
  return std::ranges::includes(have, wanted);  // both are sorted
}

}  // namespace

base::Result<std::unique_ptr<ListenerTls>> ListenerTls::create(const config::BrokerConfig& config,
                                                               std::string listener_name,
                                                               bool is_inter_broker) {
  std::unique_ptr<ListenerTls> tls(new ListenerTls(base::to_lower(listener_name), is_inter_broker));
  tls->stamps_ = tls->stamps_of(config);
  auto contexts = tls->build(config);
  if (!contexts) return contexts.error();
  tls->contexts_.publish(std::move(*contexts));
  return tls;
}

base::Result<ListenerTls::Contexts> ListenerTls::build(const config::BrokerConfig& config) const {
  auto error = [&](const base::Error& cause) {
    return base::Error(protocol::ErrorCode::kInvalidRequest,
                       "Listener " + base::to_upper(name_) + ": " + cause.message);
  };
  auto settings = TlsSettings::of_listener(config, name_);
  if (!settings) return error(settings.error());
  auto server = TlsContext::server(*settings);
  if (!server) return error(server.error());
  auto client = TlsContext::client(*settings);
  if (!client) return error(client.error());
  if (is_inter_broker_) {
    if (auto tried = try_handshake(*server, *client); !tried) {
      return error(base::Error(
          "brokers could not connect to each other, because the key store does not suit the trust "
          "store: " +
          tried.error().message));
    }
  }
  return Contexts{std::make_shared<const TlsContext>(std::move(*server)),
                  std::make_shared<const TlsContext>(std::move(*client))};
}

base::Status ListenerTls::check_replacement(const TlsContext& old, const TlsContext& next,
                                            const config::BrokerConfig& config) const {
  std::string where = "Listener " + base::to_upper(name_) + ": the new key store's certificate ";
  if (!config.ssl_allow_dn_changes && old.subject() != next.subject()) {
    return base::Error(protocol::ErrorCode::kInvalidRequest,
                       where + "has the subject " + next.subject() + ", the old one had " +
                           old.subject() + " (see ssl.allow.dn.changes)");
  }
  if (!config.ssl_allow_san_changes &&
      !contains_all(next.alternative_names(), old.alternative_names())) {
    return base::Error(protocol::ErrorCode::kInvalidRequest,
                       where + "lacks alternative names of the old one, " +
                           base::join(old.alternative_names(), ",") +
                           " (see ssl.allow.san.changes)");
  }
  return {};
}

std::vector<std::string_view> ListenerTls::keys() const { return {key_prefix_}; }

base::Status ListenerTls::validate(const config::BrokerConfig&, const config::BrokerConfig& next) {
  auto contexts = build(next);
  if (!contexts) return contexts.error();
  return check_replacement(*server(), *contexts->server, next);
}

ListenerTls::Stamps ListenerTls::stamps_of(const config::BrokerConfig& config) const {
  Stamps stamps;
  auto settings = TlsSettings::of_listener(config, name_);
  if (!settings) return stamps;
  const std::array<std::string, 2> files = {settings->key_store.location,
                                            settings->trust_store.location};
  for (std::size_t i = 0; i < files.size(); ++i) {
    struct stat file {};
    if (files[i].empty() || ::stat(files[i].c_str(), &file) != 0) continue;
    stamps[i] = {
        .modified_ns = std::int64_t{file.st_mtim.tv_sec} * 1'000'000'000 + file.st_mtim.tv_nsec,
        .size_bytes = file.st_size,
        .inode = file.st_ino};
  }
  return stamps;
}

void ListenerTls::reload_files(const config::BrokerConfig& current) {
  Stamps stamps = stamps_of(current);
  // A file that is just being replaced is looked at when it is there.
  if (stamps == stamps_) return;
  auto applied = apply(current, current);
  LOG_IF(ERROR, !applied) << "Listener " << base::to_upper(name_)
                          << " keeps its TLS settings, a changed store is not usable: "
                          << applied.error().message;
}

base::Status ListenerTls::apply(const config::BrokerConfig&, const config::BrokerConfig& next) {
  stamps_ = stamps_of(next);  // before they are read, so that what is written meanwhile is noticed
  auto contexts = build(next);
  if (!contexts) return contexts.error();
  if (auto fine = check_replacement(*server(), *contexts->server, next); !fine) return fine;
  contexts_.publish(std::move(*contexts));
  LOG(INFO) << "Listener " << base::to_upper(name_) << " uses new TLS settings for new connections";
  return {};
}

}  // namespace odradek::security
