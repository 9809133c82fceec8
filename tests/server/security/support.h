// What the tests of this folder share: their files, and handshakes in memory.
#pragma once

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/file.h"
#include "server/security/tls_context.h"

namespace odradek::security {

inline std::string data_file(const std::string& name) {
  return std::string(ODRADEK_SOURCE_DIR) + "/tests/server/security/data/" + name;
}

inline std::string data_text(const std::string& name) {
  auto text = base::read_whole_file(data_file(name), kMaxStoreBytes);
  EXPECT_TRUE(text.ok()) << name;
  return text ? *text : std::string();
}

struct FreeTestSession {
  void operator()(SSL* session) const { SSL_free(session); }
};

// A handshake of two contexts without sockets; `failure` is what the side that gave up says.
struct Handshake {
  std::unique_ptr<SSL, FreeTestSession> server;
  std::unique_ptr<SSL, FreeTestSession> client;
  std::string failure;

  Handshake(const TlsContext& server_context, const TlsContext& client_context,
            const std::string& host = "localhost")
      : server(SSL_new(server_context.native())), client(SSL_new(client_context.native())) {
    BIO* one = nullptr;
    BIO* other = nullptr;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(server.get(), one, one);
    SSL_set_bio(client.get(), other, other);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    EXPECT_TRUE(client_context.prepare_client(client.get(), host).ok());
    ERR_clear_error();
    for (int round = 0; round < 32 && failure.empty(); ++round) {
      step(client.get());
      if (failure.empty()) step(server.get());
    }
  }

  bool ok() const {
    return failure.empty() && SSL_is_init_finished(server.get()) == 1 &&
           SSL_is_init_finished(client.get()) == 1;
  }
  std::string protocol() const { return SSL_get_version(client.get()); }
  std::string cipher() const {
    return SSL_CIPHER_standard_name(SSL_get_current_cipher(client.get()));
  }

 private:
  void step(SSL* side) {
    // Reading also takes what follows a handshake: tickets, and alerts of TLS 1.3.
    char byte = 0;
    int done = SSL_is_init_finished(side) ? SSL_read(side, &byte, 1) : SSL_do_handshake(side);
    int why = SSL_get_error(side, done);
    if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      failure = explain_handshake_failure(side);
    }
  }
};

}  // namespace odradek::security
