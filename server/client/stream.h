// Stream: bytes to and from one socket, plain or TLS, each call with a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

struct ssl_ctx_st;

namespace odradek::client {

using Deadline = std::chrono::steady_clock::time_point;

// Belongs to one thread, except shut_down().
class Stream {
 public:
  virtual ~Stream() = default;
  virtual base::Status write_all(base::ByteView bytes, Deadline deadline) = 0;
  virtual base::Status read_exactly(base::MutableBytes bytes, Deadline deadline) = 0;
  // From any thread: makes a call under way fail soon.
  virtual void shut_down() = 0;
};

struct StreamOptions {
  std::string host;
  std::int32_t port = 0;
  std::int32_t send_buffer_bytes = 0;     // 0: as the system
  std::int32_t receive_buffer_bytes = 0;  // 0: as the system
};

// Tries every address that the name has, until the deadline.
base::Result<std::unique_ptr<Stream>> connect_plaintext(const StreamOptions& options,
                                                        Deadline deadline);

// OpenSSL writes with write(): the process must ignore SIGPIPE.
struct TlsClientOptions {
  ssl_ctx_st* context = nullptr;
  std::string server_name;  // for SNI and verification; empty: the host
  bool verify_host_name = true;
};
base::Result<std::unique_ptr<Stream>> connect_tls(const StreamOptions& options,
                                                  const TlsClientOptions& tls, Deadline deadline);

}  // namespace odradek::client
