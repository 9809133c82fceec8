#include "server/security/tls_context.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "server/security/distinguished_name.h"
#include "server/security/stores.h"
#include "server/security/tls_protocols.h"

namespace odradek::security {
namespace {

base::Error failed(const char* what) {
  return base::Error(std::string(what) + ": " + take_openssl_errors());
}

base::Status use_key(SSL_CTX* context, const KeyEntry& entry) {
  if (SSL_CTX_use_certificate(context, entry.chain.front().get()) != 1) {
    return failed("The certificate of the key store is refused");
  }
  for (std::size_t i = 1; i < entry.chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, entry.chain[i].get()) != 1) {
      return failed("The certificate chain of the key store is refused");
    }
  }
  if (SSL_CTX_use_PrivateKey(context, entry.key.get()) != 1) {
    return failed("The key of the key store is refused");
  }
  return {};
}

// Every certificate of the store is trusted by itself, as in Java, whether it is a root or not.
base::Status trust(SSL_CTX* context, const std::vector<Certificate>& certificates, bool announce) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& certificate : certificates) {
    if (X509_STORE_add_cert(store, certificate.get()) != 1) {
      return failed("A certificate of the trust store is refused");
    }
    // Clients pick their certificate by the issuers a server names.
    if (announce && SSL_CTX_add_client_CA(context, certificate.get()) != 1) {
      return failed("A certificate of the trust store is refused");
    }
  }
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

int verify_mode(const TlsSettings& settings, bool is_server) {
  if (!is_server) return SSL_VERIFY_PEER;
  switch (settings.client_authentication) {
    case ClientAuthentication::kNone:
      return SSL_VERIFY_NONE;
    case ClientAuthentication::kRequested:
      return SSL_VERIFY_PEER;
    case ClientAuthentication::kRequired:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER;
}

// Modes for sockets that do not block and for many connections that are idle.
void set_modes(SSL_CTX* context, bool is_server) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Java peers may close without a word; kernel TLS is used only where the kernel has it.
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ENABLE_KTLS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (!is_server) return;
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_dh_auto(context, 1);
  // Tickets of clients with certificates are refused without a name for where they hold.
  constexpr unsigned char kName[] = "odradek";
  SSL_CTX_set_session_id_context(context, kName, sizeof(kName) - 1);
}

bool is_address(const std::string& host) {
  in6_addr parsed;
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

std::string reason_in_words(int reason) {
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
      return "the peer speaks HTTP on a TLS port";
    case SSL_R_HTTPS_PROXY_REQUEST:
      return "the peer speaks to a proxy on a TLS port";
    case SSL_R_WRONG_VERSION_NUMBER:
      return "the peer does not speak TLS (is it set to PLAINTEXT?)";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "the peer showed no certificate, and one is required";
    case SSL_R_NO_SHARED_CIPHER:
      return "there is no cipher suite that both sides have";
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "there is no TLS version that both sides have";
    default:
      return "";
  }
}

}  // namespace

base::Result<TlsContext> TlsContext::server(const TlsSettings& settings) {
  if (!settings.key_store.given()) {
    return base::Error(
        "A TLS listener needs a key store: ssl.keystore.location, or ssl.keystore.key with "
        "ssl.keystore.certificate.chain");
  }
  return build(settings, true);
}

base::Result<TlsContext> TlsContext::client(const TlsSettings& settings) {
  return build(settings, false);
}

base::Result<TlsContext> TlsContext::build(const TlsSettings& settings, bool is_server) {
  TlsContext built;
  ERR_clear_error();
  built.context_.reset(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()),
                       SSL_CTX_free);
  SSL_CTX* context = built.context_.get();
  if (context == nullptr) return failed("A TLS context cannot be made");
  built.check_host_name_ = settings.check_host_name;
  set_modes(context, is_server);
  if (auto set = limit_protocols(context, settings.enabled_protocols, settings.cipher_suites);
      !set) {
    return set.error();
  }
  if (settings.key_store.given()) {
    auto entry = load_key_store(settings.key_store);
    if (!entry) return entry.error();
    if (auto used = use_key(context, *entry); !used) return used.error();
    built.subject_ = subject_of(*entry->chain.front());
    built.alternative_names_ = alternative_names_of(*entry->chain.front());
  }
  int mode = verify_mode(settings, is_server);
  SSL_CTX_set_verify(context, mode, nullptr);
  if (settings.trust_store.given()) {
    auto certificates = load_trust_store(settings.trust_store);
    if (!certificates) return certificates.error();
    bool announce = is_server && mode != SSL_VERIFY_NONE;
    if (auto trusted = trust(context, *certificates, announce); !trusted) return trusted.error();
  } else if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return failed("The system's certificates cannot be read");
  }
  return built;
}

base::Status TlsContext::prepare_client(ssl_st* session, const std::string& host) const {
  bool address = is_address(host);
  if (!address && SSL_set_tlsext_host_name(session, host.c_str()) != 1) {
    return failed("The server name cannot be sent");
  }
  if (!check_host_name_) return {};
  X509_VERIFY_PARAM* parameters = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  int set = address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                    : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0);
  if (set != 1) return failed("The name to check cannot be set");
  return {};
}

std::string explain_handshake_failure(ssl_st* session) {
  unsigned long code = ERR_peek_error();
  std::string words =
      ERR_GET_LIB(code) == ERR_LIB_SSL ? reason_in_words(ERR_GET_REASON(code)) : std::string();
  std::string details = take_openssl_errors();
  long verified = SSL_get_verify_result(session);
  if (verified != X509_V_OK) {
    return std::string("the peer's certificate is refused: ") +
           X509_verify_cert_error_string(verified);
  }
  if (!words.empty()) return words;
  return code == 0 ? "the peer closed the connection during the TLS handshake" : details;
}

}  // namespace odradek::security
