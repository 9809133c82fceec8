// SendQueue: the answers of one connection on their way out, in order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "protocol/wire/payload.h"
#include "server/network/request.h"
#include "server/network/transport.h"

namespace odradek::network {

// One connection's, on its network thread.
class SendQueue {
 public:
  // File ranges below this are read and sent with their neighbours: one call beats two.
  static constexpr std::size_t kSmallSliceBytes = 32 * 1024;
  static constexpr std::size_t kScratchBytes = 256 * 1024;
  static constexpr std::size_t kMaxParts = 64;  // of one gathered write
  // So much per turn, that one reader of much does not hold up the others of its thread; of bytes
  // that are made while they are sent one piece, because making it takes long.
  static constexpr std::size_t kBytesPerTurn = 4 * 1024 * 1024;

  void add(Answer answer, std::int64_t dequeued_ns);
  bool empty() const { return sends_.empty() && !is_held_by_transport_; }
  std::size_t size_bytes() const { return size_bytes_; }

  // Writes until all is with the kernel (kReady), the socket is full (kWantWrite), the turn is
  // over (kReady, but not empty()), or it fails. `scratch` has kScratchBytes and is free again
  // afterwards.
  IoResult flush(Transport& transport, std::vector<std::uint8_t>& scratch,
                 const base::Clock& clock);

 private:
  struct Send {
    protocol::Payload payload;
    std::function<void(const AnswerTimes&)> on_sent;
    AnswerTimes times;
    std::size_t part = 0;       // the next one to write
    std::size_t part_done = 0;  // and how much of it is written
  };
  // The next parts, gathered up to the first big file range or the second piece that has to be
  // made.
  struct Gathered {
    std::array<iovec, kMaxParts> parts;
    std::size_t count = 0;
    const protocol::FileSlice* big = nullptr;
    std::size_t big_done = 0;
    bool has_made_piece = false;
    bool more = false;  // follows at once
    std::string failure;
  };

  Gathered gather(std::vector<std::uint8_t>& scratch) const;
  // False when nothing behind the part may be gathered.
  static bool gather_generated(const protocol::GeneratedBytes& part, std::size_t left,
                               Gathered& gathered);
  IoResult write_once(Transport& transport, std::vector<std::uint8_t>& scratch);
  void advance(std::size_t bytes);
  void finish_sent(const base::Clock& clock);

  std::deque<Send> sends_;
  std::deque<Send> written_;  // with the transport, maybe not yet with the kernel
  std::size_t size_bytes_ = 0;
  bool is_held_by_transport_ = false;
  bool has_made_piece_ = false;  // in this turn
};

}  // namespace odradek::network
