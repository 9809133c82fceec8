#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "protocol/errors.h"
#include "server/client/socket.h"
#include "server/client/stream.h"

namespace odradek::client {
namespace {

class PlaintextStream : public Stream {
 public:
  explicit PlaintextStream(Socket socket) : socket_(std::move(socket)) {}

  base::Status write_all(base::ByteView bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      ssize_t sent = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
        continue;
      }
      if (auto ready = wait_after(errno, POLLOUT, deadline); !ready.ok()) return ready;
    }
    return {};
  }

  base::Status read_exactly(base::MutableBytes bytes, Deadline deadline) override {
    while (!bytes.empty()) {
      ssize_t got = ::recv(socket_.fd(), bytes.data(), bytes.size(), 0);
      if (got == 0) {
        return base::Error(protocol::ErrorCode::kNetworkException,
                           "the broker closed the connection");
      }
      if (got > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        continue;
      }
      if (auto ready = wait_after(errno, POLLIN, deadline); !ready.ok()) return ready;
    }
    return {};
  }

  void shut_down() override { socket_.shut_down(); }

 private:
  base::Status wait_after(int error, short events, Deadline deadline) const {
    if (error == EINTR) return {};
    if (error == EAGAIN || error == EWOULDBLOCK) return socket_.wait_for(events, deadline);
    return base::Error(protocol::ErrorCode::kNetworkException,
                       std::generic_category().message(error));
  }

  Socket socket_;
};

}  // namespace

base::Result<std::unique_ptr<Stream>> connect_plaintext(const StreamOptions& options,
                                                        Deadline deadline) {
  base::Result<Socket> socket = Socket::connect(options, deadline);
  if (!socket.ok()) return socket.error();
  return std::unique_ptr<Stream>(std::make_unique<PlaintextStream>(std::move(*socket)));
}

}  // namespace odradek::client
