#include "server/network/connection.h"

#include <algorithm>
#include <utility>

namespace odradek::network {

using Ending = ConnectionHost::Ending;
using Outcome = ConnectionHost::Dispatched::Outcome;

Connection::Connection(const ConnectionTools& tools, std::unique_ptr<Transport> transport,
                       std::shared_ptr<ConnectionContext> context)
    : tools_(tools),
      transport_(std::move(transport)),
      context_(std::move(context)),
      watch_(std::make_unique<Reactor::Watch>(
          tools.reactor, transport_->fd(), [this] { on_readable(); }, [this] { proceed(); })),
      reader_(tools.memory),
      opened_ms_(tools.clock.monotonic_ms()),
      last_active_ms_(opened_ms_) {}

Connection::~Connection() = default;

void Connection::proceed() {
  // An answer that comes while this runs is applied by the loop that runs.
  if (is_closed() || is_proceeding_) return;
  is_proceeding_ = true;
  last_active_ms_ = tools_.clock.monotonic_ms();
  int reads = 0;
  while (shake_hands() && flush() && end_if_due() && may_read()) {
    if (reads++ == kReadsPerTurn) {
      tools_.host.resume_soon(id());
      break;
    }
    if (!read_and_consume()) break;
  }
  is_proceeding_ = false;
}

void Connection::on_readable() {
  is_socket_drained_ = false;
  proceed();
}

void Connection::wait_for(IoState state) {
  if (state == IoState::kWantRead) watch_->arm_readable();
  if (state == IoState::kWantWrite) watch_->arm_writable();
}

void Connection::end_on(const IoResult& result) {
  const bool is_failure = result.state == IoState::kFailed;
  close(is_failure ? Ending::kRefused : Ending::kQuiet, result.reason);
}

bool Connection::shake_hands() {
  if (phase_ == Phase::kOpen) return true;
  if (phase_ == Phase::kClosed) return false;
  IoResult result = transport_->handshake();
  switch (result.state) {
    case IoState::kReady:
      return open();
    case IoState::kWantRead:
    case IoState::kWantWrite:
      if (is_draining_)
        close(Ending::kQuiet, "the broker is shutting down");
      else
        wait_for(result.state);
      return false;
    case IoState::kClosed:
      close(Ending::kQuiet, result.reason);
      return false;
    case IoState::kFailed:
      close(Ending::kFailedHandshake, result.reason);
      return false;
  }
  return false;
}

bool Connection::open() {
  auto principal = transport_->principal();
  if (!principal) {
    close(Ending::kFailedHandshake, principal.error().message);
    return false;
  }
  phase_ = Phase::kOpen;
  context_->set_principal(std::move(*principal));
  if (config::uses_tls(context_->facts().protocol)) tools_.metrics.handshakes_done.add();
  return true;
}

bool Connection::flush() {
  if (sends_.empty()) return true;
  IoResult result = sends_.flush(*transport_, tools_.send_scratch, tools_.clock);
  tools_.metrics.outgoing_bytes.add(static_cast<std::int64_t>(result.bytes));
  switch (result.state) {
    case IoState::kReady:
      if (sends_.empty()) return true;
      tools_.host.resume_soon(id());
      return false;
    case IoState::kWantRead:
    case IoState::kWantWrite:
      wait_for(result.state);
      return false;
    case IoState::kClosed:
    case IoState::kFailed:
      end_on(result);
      return false;
  }
  return false;
}

// Everything is sent.
bool Connection::end_if_due() {
  if (is_draining_ && !is_answer_due_) {
    close(Ending::kQuiet, "the broker is shutting down");
    return false;
  }
  if (close_after_ms_ < 0) return true;
  const std::int64_t now_ms = tools_.clock.monotonic_ms();
  if (close_at_ms_ < 0) close_at_ms_ = now_ms + close_after_ms_;
  if (now_ms >= close_at_ms_) {
    close(Ending::kQuiet, "authentication failed");
  } else {
    tools_.host.resume_after_ms(id(), close_at_ms_ - now_ms);
  }
  return false;
}

bool Connection::may_read() {
  if (is_answer_due_ || awaits_memory_) return false;
  if (muted_until_ms_ == 0) return true;
  const std::int64_t left_ms = muted_until_ms_ - tools_.clock.monotonic_ms();
  if (left_ms > 0) {
    tools_.host.resume_after_ms(id(), left_ms);
    return false;
  }
  muted_until_ms_ = 0;
  return true;
}

bool Connection::read_and_consume() {
  if (has_later_) {
    has_later_ = false;
    consume(std::span<const std::uint8_t>(later_).subspan(later_from_));
    return !is_closed();
  }
  if (is_socket_drained_) {
    wait_for(IoState::kWantRead);
    return false;
  }
  std::span<std::uint8_t> direct = reader_.space();
  const bool is_direct = direct.size() >= kDirectBytes;
  IoResult result = transport_->read(is_direct ? direct : std::span(tools_.read_scratch));
  tools_.metrics.incoming_bytes.add(static_cast<std::int64_t>(result.bytes));
  if (result.bytes > 0) {
    if (is_direct) reader_.filled(result.bytes);
    consume(is_direct ? std::span<const std::uint8_t>()
                      : std::span<const std::uint8_t>(tools_.read_scratch).first(result.bytes));
    if (is_closed()) return false;
  }
  switch (result.state) {
    case IoState::kReady:
      return true;
    case IoState::kWantRead:
      // Answers to write and frames to look at come first; a later turn arms the watch.
      is_socket_drained_ = true;
      return true;
    case IoState::kWantWrite:
      wait_for(result.state);
      return false;
    case IoState::kClosed:
    case IoState::kFailed:
      end_on(result);
      return false;
  }
  return false;
}

void Connection::keep_for_later(std::span<const std::uint8_t> rest) {
  has_later_ = true;
  const std::uint8_t* begin = later_.data();
  const bool is_there =
      !later_.empty() && rest.data() >= begin && rest.data() <= begin + later_.size();
  if (is_there) {
    later_from_ = static_cast<std::size_t>(rest.data() - begin);
    return;
  }
  later_.assign(rest.begin(), rest.end());
  later_from_ = 0;
}

void Connection::consume(std::span<const std::uint8_t> input) {
  const std::int64_t max_bytes = context_->is_authenticated()
                                     ? tools_.request_max_bytes
                                     : std::min(tools_.request_max_bytes, tools_.sasl_max_bytes);
  while (take(reader_.next(input, max_bytes))) {
    // Answers are gathered up to here; then they are written before more is handled.
    if (sends_.size_bytes() >= kMaxGatheredBytes) {
      keep_for_later(input);
      return;
    }
  }
  if (is_closed()) return;
  if (!input.empty() || awaits_memory_) {
    keep_for_later(input);
    return;
  }
  // Most connections rest with nothing half read, and then hold no memory.
  if (later_.capacity() > 0) std::vector<std::uint8_t>().swap(later_);
}

bool Connection::take(FrameReader::Next next) {
  switch (next.outcome) {
    case FrameReader::Outcome::kNeedMore:
      return false;
    case FrameReader::Outcome::kNoMemory:
      awaits_memory_ = true;
      tools_.metrics.muted_for_memory.add();
      tools_.host.resume_with_memory(id());
      return false;
    case FrameReader::Outcome::kRefused:
      tools_.metrics.frames_refused.add();
      close(Ending::kRefused, next.reason);
      return false;
    case FrameReader::Outcome::kFrame:
      break;
  }
  auto request = std::make_unique<Request>(std::move(next.frame), context_, tools_.answers);
  request->hold_memory(std::move(next.memory));
  request->set_received_ns(tools_.clock.monotonic_ns());
  ConnectionHost::Dispatched dispatched = tools_.host.dispatch(std::move(request));
  switch (dispatched.outcome) {
    case Outcome::kAnswered:
      apply(std::move(dispatched.answer));
      return !is_closed() && muted_until_ms_ == 0 && close_after_ms_ < 0 && !is_draining_;
    case Outcome::kUnderWay:
      is_answer_due_ = true;
      return false;
    case Outcome::kRefused:
      close(Ending::kRefused, dispatched.reason);
      return false;
  }
  return false;
}

void Connection::on_answer(Answer answer) {
  if (is_closed()) return;
  is_answer_due_ = false;
  apply(std::move(answer));
  proceed();
}

void Connection::apply(Answer answer) {
  const std::int64_t now_ns = tools_.clock.monotonic_ns();
  if (answer.mute_ms > 0) muted_until_ms_ = now_ns / 1'000'000 + answer.mute_ms;
  switch (answer.kind) {
    case Answer::Kind::kClose:
      close(Ending::kRefused, answer.reason);
      return;
    case Answer::Kind::kNothing:
      if (answer.on_sent) answer.on_sent({answer.answered_ns, now_ns, now_ns});
      return;
    case Answer::Kind::kSend:
      close_after_ms_ = answer.close_after_ms;
      sends_.add(std::move(answer), now_ns);
      return;
  }
}

void Connection::drain() {
  is_draining_ = true;
  proceed();
}

bool Connection::may_move() const {
  return phase_ == Phase::kOpen && !is_answer_due_ && sends_.empty() && !has_later_ &&
         reader_.is_between_frames() && muted_until_ms_ == 0 && close_after_ms_ < 0 &&
         !awaits_memory_ && !is_draining_ && !is_proceeding_;
}

std::unique_ptr<Transport> Connection::release() {
  phase_ = Phase::kClosed;
  watch_.reset();
  return std::move(transport_);
}

void Connection::proceed_moved() {
  phase_ = Phase::kOpen;
  proceed();
}

void Connection::close(Ending ending, const std::string& reason) {
  if (is_closed()) return;
  phase_ = Phase::kClosed;
  watch_.reset();
  // Counted before the peer can see it.
  tools_.host.closed(*this, ending, reason);
  transport_->close();
}

}  // namespace odradek::network
