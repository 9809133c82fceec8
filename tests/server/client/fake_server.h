// FakeServer: a listener on loopback that answers frames by a function, plain or TLS, for tests of
// whoever connects.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/thread.h"

namespace odradek::testing {

// A thread per connection. What the function returns is written as one frame; nullopt closes the
// connection.
class FakeServer {
 public:
  using Answer = std::function<std::optional<base::Bytes>(base::MutableBytes frame)>;

  explicit FakeServer(Answer answer, SSL_CTX* tls = nullptr, std::uint16_t port = 0)
      : answer_(std::move(answer)), tls_(tls) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_GE(listener_, 0);
    int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    CHECK_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    CHECK_EQ(::listen(listener_, 64), 0);
    socklen_t size = sizeof address;
    CHECK_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = base::Thread("fake-acceptor", [this] { accept_all(); });
  }
  ~FakeServer() {
    {
      base::MutexLock lock(mutex_);
      stopped_ = true;
      for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    connections_.clear();
    ::close(listener_);
  }

  std::int32_t port() const { return port_; }
  int connections() const {
    base::MutexLock lock(mutex_);
    return accepted_;
  }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  void accept_all() {
    for (;;) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      base::MutexLock lock(mutex_);
      if (stopped_) {
        ::close(fd);
        return;
      }
      ++accepted_;
      open_.insert(fd);
      connections_.emplace_back("fake-connection", [this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::unique_ptr<SSL, FreeSsl> ssl;
    bool ready = true;
    if (tls_ != nullptr) {
      ssl.reset(SSL_new(tls_));
      SSL_set_fd(ssl.get(), fd);
      ready = SSL_accept(ssl.get()) == 1;
    }
    while (ready && serve_one(fd, ssl.get())) {
    }
    base::MutexLock lock(mutex_);
    open_.erase(fd);
    ::close(fd);
  }

  bool serve_one(int fd, SSL* ssl) {
    std::uint8_t length[4];
    if (!read_all(fd, ssl, length)) return false;
    std::size_t size = std::size_t{length[0]} << 24 | std::size_t{length[1]} << 16 |
                       std::size_t{length[2]} << 8 | length[3];
    if (size > 16 * 1024 * 1024) return false;  // as a broker does, who is not asked for that much
    base::Bytes frame(size);
    if (!read_all(fd, ssl, frame)) return false;
    std::optional<base::Bytes> answer = answer_(frame);
    return answer && write_all(fd, ssl, *answer);
  }

  static bool read_all(int fd, SSL* ssl, base::MutableBytes bytes) {
    while (!bytes.empty()) {
      ssize_t got = ssl ? SSL_read(ssl, bytes.data(), static_cast<int>(bytes.size()))
                        : ::recv(fd, bytes.data(), bytes.size(), 0);
      if (got <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
    return true;
  }

  static bool write_all(int fd, SSL* ssl, base::ByteView bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ssl ? SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()))
                         : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }

  const Answer answer_;
  SSL_CTX* const tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable base::Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  int accepted_ GUARDED_BY(mutex_) = 0;
  std::set<int> open_ GUARDED_BY(mutex_);
  base::Thread acceptor_;
  std::vector<base::Thread> connections_;  // of the acceptor's thread until it is joined
};

}  // namespace odradek::testing
