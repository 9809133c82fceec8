#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include "protocol/errors.h"
#include "server/client/socket.h"
#include "server/client/stream.h"

namespace odradek::client {
namespace {

using protocol::ErrorCode;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string tls_reason(SSL* ssl) {
  long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) {
    return std::string("the broker's certificate is not accepted: ") +
           X509_verify_cert_error_string(verified);
  }
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the broker closed the connection (is its listener TLS?)";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "TLS error " + std::to_string(code);
}

class TlsStream : public Stream {
 public:
  TlsStream(Socket socket, SslPtr ssl) : socket_(std::move(socket)), ssl_(std::move(ssl)) {}
  ~TlsStream() override {
    // One attempt to say goodbye; the peer sees the end of the connection in any case.
    ERR_clear_error();
    if (healthy_) (void)SSL_shutdown(ssl_.get());
  }

  base::Status shake_hands(Deadline deadline) {
    for (;;) {
      ERR_clear_error();
      int done = SSL_connect(ssl_.get());
      if (done == 1) {
        healthy_ = true;
        return {};
      }
      if (auto again = wait_after(done, deadline); !again.ok()) return again;
    }
  }

  base::Status write_all(base::ByteView bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      int sent = SSL_write(ssl_.get(), bytes.data(), int_size(bytes.size()));
      if (sent > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
        continue;
      }
      if (auto again = wait_after(sent, deadline); !again.ok()) return again;
    }
    return {};
  }

  base::Status read_exactly(base::MutableBytes bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      int got = SSL_read(ssl_.get(), bytes.data(), int_size(bytes.size()));
      if (got > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        continue;
      }
      if (auto again = wait_after(got, deadline); !again.ok()) return again;
    }
    return {};
  }

  void shut_down() override { socket_.shut_down(); }

 private:
  static int int_size(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
  }

  base::Status wait_after(int result, Deadline deadline) {
    int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return socket_.wait_for(POLLIN, deadline);
      case SSL_ERROR_WANT_WRITE:
        return socket_.wait_for(POLLOUT, deadline);
      case SSL_ERROR_SYSCALL:
        healthy_ = false;
        if (system_error != 0 && ERR_peek_error() == 0) {
          return base::Error(ErrorCode::kNetworkException,
                             std::generic_category().message(system_error));
        }
        return base::Error(ErrorCode::kNetworkException, tls_reason(ssl_.get()));
      default:
        healthy_ = false;
        return base::Error(ErrorCode::kNetworkException, tls_reason(ssl_.get()));
    }
  }

  Socket socket_;
  SslPtr ssl_;
  bool healthy_ = false;
};

// False when OpenSSL refuses the name.
bool set_peer_name(SSL* ssl, const TlsClientOptions& tls, const std::string& name) {
  if (is_address(name)) {
    return !tls.verify_host_name ||
           X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  }
  if (SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
  return !tls.verify_host_name || SSL_set1_host(ssl, name.c_str()) == 1;
}

}  // namespace

base::Result<std::unique_ptr<Stream>> connect_tls(const StreamOptions& options,
                                                  const TlsClientOptions& tls, Deadline deadline) {
  base::Result<Socket> socket = Socket::connect(options, deadline);
  if (!socket.ok()) return socket.error();
  SslPtr ssl(SSL_new(tls.context));
  const std::string& name = tls.server_name.empty() ? options.host : tls.server_name;
  if (!ssl || SSL_set_fd(ssl.get(), socket->fd()) != 1 || !set_peer_name(ssl.get(), tls, name)) {
    return base::Error(ErrorCode::kNetworkException, "cannot set TLS up for " + name);
  }
  auto stream = std::make_unique<TlsStream>(std::move(*socket), std::move(ssl));
  if (auto shaken = stream->shake_hands(deadline); !shaken.ok()) {
    base::Error error = shaken.error();
    error.message = "TLS handshake with " + options.host + ":" + std::to_string(options.port) +
                    " failed: " + error.message;
    return error;
  }
  return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace odradek::client
