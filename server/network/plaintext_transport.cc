#include "server/network/plaintext_transport.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "server/network/connection_context.h"

namespace odradek::network {

IoResult socket_failure(int error_number, IoState wait) {
  switch (error_number) {
    case EAGAIN:
      return {wait, 0, {}};
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT:
    case ENOTCONN:
      return {IoState::kClosed, 0, error_text(error_number)};
    default:
      return {IoState::kFailed, 0, error_text(error_number)};
  }
}

IoResult PlaintextTransport::read(std::span<std::uint8_t> into) {
  while (true) {
    const ssize_t got = ::recv(socket_.fd(), into.data(), into.size(), 0);
    // Less than there was room for means that the socket is empty now: one call saved.
    const auto bytes = static_cast<std::size_t>(got);
    if (got > 0) return {bytes < into.size() ? IoState::kWantRead : IoState::kReady, bytes, {}};
    if (got == 0) return {IoState::kClosed, 0, {}};
    if (errno != EINTR) return socket_failure(errno, IoState::kWantRead);
  }
}

IoResult PlaintextTransport::write(std::span<const iovec> parts, bool more) {
  if (parts.empty()) return {};
  std::size_t size = 0;
  for (const iovec& part : parts) size += part.iov_len;
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  while (true) {
    // Most answers are of one part, for which the kernel has a shorter way.
    const ssize_t put = parts.size() == 1
                            ? ::send(socket_.fd(), parts[0].iov_base, parts[0].iov_len, flags)
                            : ::sendmsg(socket_.fd(), &message, flags);
    const auto bytes = static_cast<std::size_t>(put);
    if (put >= 0) return {bytes < size ? IoState::kWantWrite : IoState::kReady, bytes, {}};
    if (errno != EINTR) return socket_failure(errno, IoState::kWantWrite);
  }
}

IoResult PlaintextTransport::send_file(int file, std::int64_t position, std::size_t size_bytes) {
  while (true) {
    off_t offset = position;
    const ssize_t put = ::sendfile(socket_.fd(), file, &offset, size_bytes);
    if (put >= 0) return {IoState::kReady, static_cast<std::size_t>(put), {}};
    if (errno != EINTR) return socket_failure(errno, IoState::kWantWrite);
  }
}

base::Result<std::string> PlaintextTransport::principal() const { return std::string(kAnonymous); }

}  // namespace odradek::network
