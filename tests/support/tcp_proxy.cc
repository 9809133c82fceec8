#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "tests/support/loopback.h"

namespace odradek::testing {
namespace {

constexpr int kPollMs = 5;

bool is_readable(const pollfd& fd) { return (fd.revents & (POLLIN | POLLHUP | POLLERR)) != 0; }

// Empty when the other side has closed.
std::string receive(int fd) {
  std::string bytes(65536, '\0');
  ssize_t size = recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

bool send_all(int fd, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    ssize_t n = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  CHECK_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  CHECK_EQ(listen(listener_, 16), 0);
  CHECK_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = base::Thread("tcp-proxy", [this] { run(); });
}

TcpProxy::~TcpProxy() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void TcpProxy::run() {
  while (!stopping_) {
    std::vector<pollfd> fds = {{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      fds.push_back({pair.client, POLLIN, 0});
      fds.push_back({pair.server, POLLIN, 0});
    }
    poll(fds.data(), fds.size(), kPollMs);
    if (cut_wanted_.exchange(false)) {
      delay_ms_ = 0;
      close_all();
      continue;
    }
    std::vector<Pair> alive;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      Pair& pair = pairs_[i];
      bool open = true;
      if (is_readable(fds[1 + 2 * i])) open = pass_requests(pair);
      if (open && is_readable(fds[2 + 2 * i])) open = keep_answers(pair);
      if (open && pass_due_answers(pair)) {
        alive.push_back(std::move(pair));
      } else {
        close(pair.client);
        close(pair.server);
      }
    }
    pairs_ = std::move(alive);
    keeps_answers_ = std::any_of(pairs_.begin(), pairs_.end(),
                                 [](const Pair& pair) { return !pair.kept.empty(); });
    if (is_readable(fds[0])) accept_one();
  }
  close_all();
}

void TcpProxy::accept_one() {
  Pair pair;
  pair.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  pair.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(server_port_);
  if (connect(pair.server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    pairs_.push_back(pair);
    return;
  }
  close(pair.client);
  close(pair.server);
}

bool TcpProxy::pass_requests(Pair& pair) {
  std::string bytes = receive(pair.client);
  return !bytes.empty() && send_all(pair.server, bytes);
}

bool TcpProxy::keep_answers(Pair& pair) {
  std::string bytes = receive(pair.server);
  if (bytes.empty()) return false;
  pair.kept.push_back({base::Clock::system().monotonic_ms() + delay_ms_, std::move(bytes)});
  return true;
}

bool TcpProxy::pass_due_answers(Pair& pair) {
  const std::int64_t now_ms = base::Clock::system().monotonic_ms();
  while (!pair.kept.empty() && pair.kept.front().due_ms <= now_ms) {
    if (!send_all(pair.client, pair.kept.front().bytes)) return false;
    pair.kept.pop_front();
  }
  return true;
}

void TcpProxy::close_all() {
  for (const Pair& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
  pairs_.clear();
}

}  // namespace odradek::testing
