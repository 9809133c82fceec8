// Socket: a connected non-blocking TCP socket, closed when its owner dies.
#pragma once

#include <atomic>
#include <string>

#include "base/result.h"
#include "server/client/stream.h"

namespace odradek::client {

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&&) = delete;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  static base::Result<Socket> connect(const StreamOptions& options, Deadline deadline);

  int fd() const { return fd_; }
  // Waits for readiness (poll's events); REQUEST_TIMED_OUT at the deadline.
  base::Status wait_for(short events, Deadline deadline) const;
  void shut_down() const;

 private:
  int fd_;
};

}  // namespace odradek::client
