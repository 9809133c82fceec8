// Request: one frame that waits for its answer, which may come from any thread, exactly once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "protocol/messages/header.h"
#include "protocol/wire/frame.h"
#include "protocol/wire/payload.h"
#include "server/network/connection_context.h"
#include "server/network/memory_budget.h"

namespace odradek::network {

// When the stages of an answer were over, for the request metrics; monotonic nanoseconds.
struct AnswerTimes {
  std::int64_t answered_ns = 0;  // respond() was called
  std::int64_t dequeued_ns = 0;  // the network thread took it
  std::int64_t sent_ns = 0;      // the last byte went to the kernel
};

// What becomes of a request, on its way to the network thread.
struct Answer {
  enum class Kind : std::uint8_t { kSend, kNothing, kClose };

  ConnectionId connection = 0;
  Kind kind = Kind::kNothing;
  protocol::Payload payload;
  std::int64_t mute_ms = 0;          // how long no further request is read, from now on
  std::int64_t close_after_ms = -1;  // kSend: close this long after sending; -1: stay open
  std::string reason;                // kClose: for the log
  std::int64_t answered_ns = 0;
  std::function<void(const AnswerTimes&)> on_sent;
};

// Where answers go: the network thread that owns the connection.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // From any thread. An answer for a connection that is gone is dropped.
  virtual void deliver(Answer answer) = 0;
};

// One thread at a time. While it is unanswered its connection reads no further request, so every
// request must be answered, late or soon; one that dies unanswered closes its connection.
class Request {
 public:
  Request(protocol::FramePtr frame, std::shared_ptr<ConnectionContext> context,
          std::shared_ptr<AnswerSink> sink)
      : frame_(std::move(frame)), context_(std::move(context)), sink_(std::move(sink)) {}
  ~Request();
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  const protocol::RequestHeader& header() const { return header_; }
  // The client id, "" when it was null.
  const std::string& client_id() const;
  // What follows the header; a view into frame().
  std::span<std::uint8_t> body() const { return frame_->bytes().subspan(body_offset_); }
  // Whoever keeps views into the body beyond the request's life keeps this.
  const protocol::FramePtr& frame() const { return frame_; }
  const std::shared_ptr<ConnectionContext>& context() const { return context_; }
  // The bytes of the frame and its length on the wire.
  std::int64_t size_bytes() const { return static_cast<std::int64_t>(frame_->size()) + 4; }
  // A SASL token without a header (SaslHandshake v0 came before it): header() is that of
  // SaslAuthenticate, version -1, and body() is the whole frame. The answer has no header either.
  bool is_raw_token() const {
    return header_.api_version < 0 &&
           header_.api_key == static_cast<std::int16_t>(protocol::ApiKey::kSaslAuthenticate);
  }

  // Monotonic nanoseconds: when the frame was complete, and when a handler took it.
  std::int64_t received_ns() const { return received_ns_; }
  std::int64_t dequeued_ns() const { return dequeued_ns_; }
  // Runs in the thread that owns the connection.
  bool is_inline() const { return is_inline_; }

  // Each of these answers; the second one of a request is a CHECK failure.
  // `payload` is the whole answer with its length, as protocol::encode_response makes it.
  void respond(protocol::Payload payload);
  void respond_nothing();  // acks=0
  void close_connection(std::string reason);
  // For failed authentication: the answer, then the end, close_after_ms later.
  void respond_then_close(protocol::Payload payload, std::int64_t close_after_ms);
  bool is_answered() const { return sink_ == nullptr; }

  // Before answering: throttles the client by reading nothing from it for that long after.
  void set_mute_ms(std::int64_t mute_ms) { mute_ms_ = mute_ms; }
  // Before answering: runs once on the network thread when the answer was written (or there was
  // none to write); not when the connection broke before.
  void set_on_sent(std::function<void(const AnswerTimes&)> on_sent) {
    on_sent_ = std::move(on_sent);
  }

  // The network layer's own.
  void set_header(protocol::DecodedHeader decoded) {
    header_ = std::move(decoded.header);
    body_offset_ = decoded.body_offset;
  }
  void set_received_ns(std::int64_t now_ns) { received_ns_ = now_ns; }
  void set_dequeued_ns(std::int64_t now_ns) { dequeued_ns_ = now_ns; }
  void set_inline() { is_inline_ = true; }
  void hold_memory(MemoryLease lease) { memory_ = std::move(lease); }

 private:
  void answer(Answer answer);

  MemoryLease memory_;
  protocol::FramePtr frame_;
  protocol::RequestHeader header_;
  std::size_t body_offset_ = 0;
  std::shared_ptr<ConnectionContext> context_;
  std::shared_ptr<AnswerSink> sink_;
  std::int64_t received_ns_ = 0;
  std::int64_t dequeued_ns_ = 0;
  std::int64_t mute_ms_ = 0;
  bool is_inline_ = false;
  std::function<void(const AnswerTimes&)> on_sent_;
};

}  // namespace odradek::network
