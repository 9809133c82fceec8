#include "server/client/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "protocol/errors.h"

namespace odradek::client {
namespace {

using protocol::ErrorCode;

std::string reason_of(int error) { return std::generic_category().message(error); }

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

base::Result<Addresses> resolve(const std::string& host, std::int32_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) {
    return base::Error(ErrorCode::kNetworkException,
                       "cannot resolve " + host + ": " + ::gai_strerror(error));
  }
  return Addresses(list);
}

void set_option(int fd, int level, int name, int value) {
  // A refused buffer size or flag makes the connection slower, not wrong.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

base::Result<Socket> connect_to(const addrinfo& address, const StreamOptions& options,
                                Deadline deadline) {
  int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return base::Error(ErrorCode::kNetworkException, reason_of(errno));
  Socket socket(fd);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (options.send_buffer_bytes > 0) {
    set_option(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
  }
  if (options.receive_buffer_bytes > 0) {
    set_option(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
  }
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return base::Error(ErrorCode::kNetworkException, reason_of(errno));
  if (auto ready = socket.wait_for(POLLOUT, deadline); !ready.ok()) return ready.error();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return base::Error(ErrorCode::kNetworkException, reason_of(error));
  return socket;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

base::Result<Socket> Socket::connect(const StreamOptions& options, Deadline deadline) {
  const std::string peer = options.host + ":" + std::to_string(options.port);
  base::Result<Addresses> addresses = resolve(options.host, options.port);
  if (!addresses.ok()) return addresses.error();
  base::Error last(ErrorCode::kNetworkException, "no address");
  for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
    base::Result<Socket> socket = connect_to(*at, options, deadline);
    if (socket.ok()) return socket;
    last = socket.error();
  }
  last.message = "cannot connect to " + peer + ": " + last.message;
  return last;
}

base::Status Socket::wait_for(short events, Deadline deadline) const {
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                    deadline - std::chrono::steady_clock::now()) +
                std::chrono::milliseconds(1);
    if (left.count() <= 0) return base::Error(ErrorCode::kRequestTimedOut, "no answer in time");
    pollfd waited{.fd = fd_, .events = events, .revents = 0};
    constexpr std::int64_t kLongestWaitMs = 1'000'000;
    int ready =
        ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left.count(), kLongestWaitMs)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) {
      return base::Error(ErrorCode::kNetworkException, reason_of(errno));
    }
  }
}

void Socket::shut_down() const { (void)::shutdown(fd_, SHUT_RDWR); }

}  // namespace odradek::client
