// Socket: owns a descriptor, and the calls that make, bind, accept and tune TCP sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace odradek::network {

// An open socket; closes itself.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

struct SocketAddress {
  std::string host;  // numeric; an IPv4 address inside IPv6 is written as IPv4
  std::int32_t port = 0;
};

struct ListenSettings {
  std::string host;  // empty: all interfaces, IPv6 and IPv4
  std::int32_t port = 0;
  std::int32_t backlog = 0;
  std::int32_t receive_buffer_bytes = -1;  // inherited by accepted sockets; -1: the kernel's
};

// All of a host's, by name or numeric, as SocketAddress writes them. May wait for a name server.
base::Result<std::vector<std::string>> addresses_of(const std::string& host);

// Non-blocking. The error names the address and the reason.
base::Result<Socket> listen_on(const ListenSettings& settings);
base::Result<SocketAddress> local_address(const Socket& socket);

struct Accepted {
  Socket socket;  // non-blocking
  SocketAddress peer;
};
// Nothing when nobody waits (any more); an error when the process has no descriptor left and the
// like, where trying again at once is no use.
base::Result<std::optional<Accepted>> accept_from(const Socket& listening);

// No delay (a TLS handshake takes 40 ms with it), keep-alive, and the send buffer unless -1.
void tune_accepted(const Socket& socket, std::int32_t send_buffer_bytes);

// The kernel's words for errno.
std::string error_text(int error_number);

}  // namespace odradek::network
