#include "server/network/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace odradek::network {
namespace {

void set_option(int fd, int level, int option, int value) {
  // Only tuning: a kernel that refuses serves us all the same.
  (void)::setsockopt(fd, level, option, &value, sizeof value);
}

SocketAddress to_address(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return {text, ntohs(v6.sin6_port)};
}

// One try with one address; errno tells why not.
Socket try_listen(const addrinfo& address, const ListenSettings& settings) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return {};
  set_option(socket.fd(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.ai_family == AF_INET6) {
    set_option(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, settings.host.empty() ? 0 : 1);
  }
  if (settings.receive_buffer_bytes > 0) {
    set_option(socket.fd(), SOL_SOCKET, SO_RCVBUF, settings.receive_buffer_bytes);
  }
  if (::bind(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) return {};
  if (::listen(socket.fd(), settings.backlog) != 0) return {};
  return socket;
}

bool is_passing(int error_number) {
  // The peer went away before we took it, or a signal came.
  return error_number == ECONNABORTED || error_number == EINTR || error_number == EPROTO ||
         error_number == ENETDOWN || error_number == EHOSTUNREACH || error_number == ENETUNREACH;
}

}  // namespace

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string error_text(int error_number) { return std::system_category().message(error_number); }

base::Result<std::vector<std::string>> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (result != 0) return base::Error(host + ": " + ::gai_strerror(result));
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> first(found, &::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* address = found; address; address = address->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, address->ai_addr, address->ai_addrlen);
    addresses.push_back(to_address(storage).host);
  }
  return addresses;
}

base::Result<Socket> listen_on(const ListenSettings& settings) {
  const std::string name =
      (settings.host.empty() ? "*" : settings.host) + ":" + std::to_string(settings.port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  // IPv6 first takes IPv4 along; on machines without it the wildcard of IPv4 is tried next.
  const std::string port = std::to_string(settings.port);
  const char* host = settings.host.empty() ? "::" : settings.host.c_str();
  int result = ::getaddrinfo(host, port.c_str(), &hints, &found);
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> first(found, &::freeaddrinfo);
  int reason = 0;
  for (const addrinfo* address = found; result == 0 && address; address = address->ai_next) {
    Socket socket = try_listen(*address, settings);
    if (socket.is_open()) return socket;
    reason = errno;
  }
  if (settings.host.empty() && (result != 0 || reason == EAFNOSUPPORT || reason == EADDRNOTAVAIL)) {
    ListenSettings any_ipv4 = settings;
    any_ipv4.host = "0.0.0.0";
    return listen_on(any_ipv4);
  }
  const std::string why = result != 0 ? ::gai_strerror(result) : error_text(reason);
  return base::Error("Cannot listen on " + name + ": " + why + ".");
}

base::Result<SocketAddress> local_address(const Socket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return base::Error("A socket has no local address: " + error_text(errno) + ".");
  }
  return to_address(storage);
}

base::Result<std::optional<Accepted>> accept_from(const Socket& listening) {
  while (true) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int fd = ::accept4(listening.fd(), reinterpret_cast<sockaddr*>(&storage), &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return std::optional<Accepted>(Accepted{Socket(fd), to_address(storage)});
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::optional<Accepted>();
    if (!is_passing(errno)) return base::Error(error_text(errno));
  }
}

void tune_accepted(const Socket& socket, std::int32_t send_buffer_bytes) {
  set_option(socket.fd(), IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, 1);
  if (send_buffer_bytes > 0) set_option(socket.fd(), SOL_SOCKET, SO_SNDBUF, send_buffer_bytes);
}

}  // namespace odradek::network
