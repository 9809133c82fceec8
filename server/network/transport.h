// Transport: moves bytes over one non-blocking connection, in the clear or under TLS.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace odradek::network {

enum class IoState : std::uint8_t {
  kReady,      // more can be done at once
  kWantRead,   // nothing more before the socket is readable
  kWantWrite,  // nothing more before the socket is writable
  kClosed,     // the peer has gone; no error of ours or theirs
  kFailed,     // `reason` says why
};

struct IoResult {
  IoState state = IoState::kReady;
  std::size_t bytes = 0;  // moved, whatever the state
  std::string reason = {};
};

class TlsScratch;

// The network thread that owns the connection calls everything.
class Transport {
 public:
  virtual ~Transport() = default;  // closes abruptly

  // To be called until kReady, which it says at once where there is nothing to shake.
  virtual IoResult handshake() = 0;
  // Up to into.size() bytes.
  virtual IoResult read(std::span<std::uint8_t> into) = 0;
  // The parts in order. Bytes count as written when they are the transport's, which may still
  // hold them: kReady for no parts at all says that everything has gone to the kernel. `more`
  // follows at once.
  virtual IoResult write(std::span<const iovec> parts, bool more) = 0;
  // A range of a file; 0 bytes and kReady when the file ends before it.
  virtual IoResult send_file(int file, std::int64_t position, std::size_t size_bytes) = 0;
  // Says good-bye as far as that goes without waiting.
  virtual void close() = 0;

  // Bytes that wait inside, which no readiness of the socket will tell of.
  virtual bool has_input() const { return false; }
  // Another network thread owns the connection from now on, whose scratch this is.
  virtual void move_to(TlsScratch&) {}
  virtual int fd() const = 0;
  // Of the peer, after the handshake; an error where it is to be nobody here.
  virtual base::Result<std::string> principal() const = 0;
};

}  // namespace odradek::network
