// PlaintextTransport: bytes as they are, file ranges by sendfile.
#pragma once

#include <string>
#include <utility>

#include "server/network/socket.h"
#include "server/network/transport.h"

namespace odradek::network {

class PlaintextTransport : public Transport {
 public:
  explicit PlaintextTransport(Socket socket) : socket_(std::move(socket)) {}

  IoResult handshake() override { return {}; }
  IoResult read(std::span<std::uint8_t> into) override;
  IoResult write(std::span<const iovec> parts, bool more) override;
  IoResult send_file(int file, std::int64_t position, std::size_t size_bytes) override;
  void close() override { socket_.close(); }
  int fd() const override { return socket_.fd(); }
  base::Result<std::string> principal() const override;

 private:
  Socket socket_;
};

// What errno says about a socket: wait, gone or failed. `wait` is the state for "try again".
IoResult socket_failure(int error_number, IoState wait);

}  // namespace odradek::network
