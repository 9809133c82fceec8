#include "server/network/request.h"

#include "base/clock.h"
#include "base/log.h"

namespace odradek::network {

Request::~Request() {
  if (is_answered()) return;
  LOG(ERROR) << "[connection " << context_->id() << "] A request with API key " << header_.api_key
             << ", version " << header_.api_version << " from " << context_->describe()
             << " was dropped without an answer: its connection is closed.";
  close_connection("a request was dropped without an answer");
}

const std::string& Request::client_id() const {
  static const std::string none;
  return header_.client_id.has_value() ? *header_.client_id : none;
}

void Request::respond(protocol::Payload payload) {
  Answer result;
  result.kind = payload.empty() ? Answer::Kind::kNothing : Answer::Kind::kSend;
  result.payload = std::move(payload);
  answer(std::move(result));
}

void Request::respond_nothing() { answer(Answer{}); }

void Request::close_connection(std::string reason) {
  Answer result;
  result.kind = Answer::Kind::kClose;
  result.reason = std::move(reason);
  answer(std::move(result));
}

void Request::respond_then_close(protocol::Payload payload, std::int64_t close_after_ms) {
  Answer result;
  result.kind = Answer::Kind::kSend;
  result.payload = std::move(payload);
  result.close_after_ms = close_after_ms;
  answer(std::move(result));
}

void Request::answer(Answer answer) {
  CHECK(!is_answered()) << "A request with API key " << header_.api_key << " is answered twice.";
  answer.connection = context_->id();
  answer.mute_ms = mute_ms_;
  answer.on_sent = std::move(on_sent_);
  answer.answered_ns = base::Clock::system().monotonic_ns();
  std::shared_ptr<AnswerSink> sink = std::move(sink_);
  sink->deliver(std::move(answer));
}

}  // namespace odradek::network
