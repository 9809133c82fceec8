// TestClient: a blocking client socket for tests, in the clear or under TLS.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/endian.h"

namespace odradek::network {

inline std::string big_endian32(std::int32_t value) {
  std::string bytes(4, '\0');
  base::store_big_endian(reinterpret_cast<std::uint8_t*>(bytes.data()), value);
  return bytes;
}

inline std::string big_endian16(std::int16_t value) {
  std::string bytes(2, '\0');
  base::store_big_endian(reinterpret_cast<std::uint8_t*>(bytes.data()), value);
  return bytes;
}

inline std::string frame_of(const std::string& content) {
  return big_endian32(static_cast<std::int32_t>(content.size())) + content;
}

// A request with a header of version 1: Heartbeat (12) version 0 unless told.
inline std::string request_frame(std::int32_t correlation_id, std::string_view body,
                                 std::int16_t key = 12, std::int16_t version = 0) {
  return frame_of(big_endian16(key) + big_endian16(version) + big_endian32(correlation_id) +
                  big_endian16(4) + "test" + std::string(body));
}

class TestClient {
 public:
  static constexpr int kTimeoutMs = 20'000;

  explicit TestClient(std::int32_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    const int one = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    timeval timeout{.tv_sec = kTimeoutMs / 1000, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  }
  ~TestClient() { close(); }
  TestClient(TestClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        is_connected_(other.is_connected_),
        ssl_(std::move(other.ssl_)) {}
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool is_connected() const { return is_connected_; }
  int fd() const { return fd_; }
  SSL* ssl() const { return ssl_.get(); }

  // False when the handshake fails.
  bool start_tls(SSL_CTX* context, SSL_SESSION* session = nullptr) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    if (session != nullptr) SSL_set_session(ssl_.get(), session);
    return SSL_connect(ssl_.get()) == 1;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  // Nothing when the connection ended before.
  std::optional<std::string> receive(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const ssize_t got = read_some(bytes.data() + have, size - have);
      if (got <= 0) return std::nullopt;
      have += static_cast<std::size_t>(got);
    }
    return bytes;
  }

  // The answer behind its length.
  std::optional<std::string> receive_frame() {
    std::optional<std::string> length = receive(4);
    if (!length) return std::nullopt;
    const auto size =
        base::load_big_endian<std::int32_t>(reinterpret_cast<const std::uint8_t*>(length->data()));
    return receive(static_cast<std::size_t>(size));
  }

  // True when the server closed and sent nothing before.
  bool is_closed_by_server() {
    char byte = 0;
    const ssize_t got = read_some(&byte, 1);
    return got == 0 || (got < 0 && errno == ECONNRESET) || (ssl_ && got < 0 && errno != EAGAIN);
  }

  // Whether something (an answer, or the end) can be read within that time.
  bool is_readable_within_ms(int timeout_ms) {
    if (ssl_ && SSL_pending(ssl_.get()) > 0) return true;
    pollfd poll{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, timeout_ms) > 0;
  }

  void close() {
    ssl_.reset();
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  ssize_t read_some(char* into, std::size_t size) {
    errno = 0;
    return ssl_ ? SSL_read(ssl_.get(), into, static_cast<int>(size)) : ::recv(fd_, into, size, 0);
  }

  int fd_ = -1;
  bool is_connected_ = false;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace odradek::network
