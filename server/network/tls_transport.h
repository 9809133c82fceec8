// TlsTransport: bytes under TLS, encrypted many records at a time and sent with few calls.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/network/socket.h"
#include "server/network/socket_server_options.h"
#include "server/network/transport.h"

namespace odradek::network {

// Room that all TLS connections of one network thread use in turn: nothing stays in it between
// two calls, so an idle connection costs only what OpenSSL keeps.
class TlsScratch {
 public:
  static constexpr std::size_t kPlainBytes = 256 * 1024;

  TlsScratch() : plain_(kPlainBytes) {}
  std::vector<std::uint8_t>& plain() { return plain_; }    // always kPlainBytes long
  std::vector<std::uint8_t>& cipher() { return cipher_; }  // filled by OpenSSL, sent, cleared

 private:
  std::vector<std::uint8_t> plain_;
  std::vector<std::uint8_t> cipher_;
};

class TlsTransport : public Transport {
 public:
  // `scratch` must outlive it. `options.principal` is asked after the handshake.
  TlsTransport(Socket socket, std::shared_ptr<ssl_ctx_st> context, const TlsOptions& options,
               TlsScratch& scratch);
  ~TlsTransport() override;

  IoResult handshake() override;
  IoResult read(std::span<std::uint8_t> into) override;
  IoResult write(std::span<const iovec> parts, bool more) override;
  IoResult send_file(int file, std::int64_t position, std::size_t size_bytes) override;
  void close() override;
  bool has_input() const override;
  void move_to(TlsScratch& scratch) override;
  int fd() const override { return socket_.fd(); }
  base::Result<std::string> principal() const override;

 private:
  // Looks at the first byte before OpenSSL does; kFailed names what speaks there instead of TLS.
  IoResult look_at_first_bytes();
  // Encrypts one run into the scratch; false on a failure, which sticks.
  bool encrypt(const std::uint8_t* bytes, std::size_t size);
  // Sends what was encrypted; keeps what the kernel does not take.
  IoResult flush();

  Socket socket_;
  TlsScratch* scratch_;
  const std::shared_ptr<ssl_ctx_st> context_;
  const std::function<base::Result<std::string>(ssl_st*)> principal_of_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  std::vector<std::uint8_t> unsent_;  // cipher text that the kernel had no room for
  std::size_t unsent_from_ = 0;
  bool has_looked_ = false;
  bool has_failed_ = false;
  bool is_established_ = false;
};

// "User:" and the subject of the peer's certificate, as RFC 2253 and Java write it;
// "User:ANONYMOUS" without a certificate.
std::string subject_principal(ssl_st* ssl);

}  // namespace odradek::network
