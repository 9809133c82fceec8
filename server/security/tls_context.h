// TlsContext: OpenSSL's SSL_CTX for one listener or one kind of client, built from TlsSettings.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/security/openssl_handles.h"
#include "server/security/tls_settings.h"

namespace odradek::security {

// Immutable once built; any thread may make connections from it.
class TlsContext {
 public:
  // A server needs a key store; a client only where servers ask for its certificate. Without a
  // trust store the system's certificates are trusted.
  static base::Result<TlsContext> server(const TlsSettings& settings);
  static base::Result<TlsContext> client(const TlsSettings& settings);

  ssl_ctx_st* native() const { return context_.get(); }
  // Outlives this object for connections that began with it.
  std::shared_ptr<ssl_ctx_st> shared() const { return context_; }
  bool check_host_name() const { return check_host_name_; }

  // The subject of the own certificate (RFC 2253) and its alternative names, "" and none without
  // a key store.
  const std::string& subject() const { return subject_; }
  const std::vector<std::string>& alternative_names() const { return alternative_names_; }

  // Before the handshake of a client's connection: sends the server's name and, where the settings
  // say so, requires its certificate to have that name or address.
  base::Status prepare_client(ssl_st* session, const std::string& host) const;

 private:
  static base::Result<TlsContext> build(const TlsSettings& settings, bool is_server);

  std::shared_ptr<ssl_ctx_st> context_;
  bool check_host_name_ = true;
  std::string subject_;
  std::vector<std::string> alternative_names_;
};

// Why a handshake failed or a peer was refused, in words: the certificate that is not trusted, the
// missing client certificate, plain text or HTTP on a TLS port. Takes OpenSSL's queued errors.
std::string explain_handshake_failure(ssl_st* session);

}  // namespace odradek::security
