#include "server/network/processor.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/network/plaintext_transport.h"

namespace odradek::network {
namespace {

// Small requests come by way of it, many at a time.
constexpr std::size_t kReadScratchBytes = 128 * 1024;
constexpr std::int64_t kMinTickMs = 10;
constexpr std::int64_t kMaxTickMs = 1'000;
// How often a thread that retires looks for connections that have come to rest.
constexpr std::int64_t kHandOverMs = 10;

std::int64_t read_clock_ns(clockid_t clock) {
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return 0;
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Processor::Processor(std::string name, const ListenerOptions& listener,
                     const ProcessorSurroundings& surroundings)
    : name_(std::move(name)),
      listener_(listener),
      surroundings_(surroundings),
      gate_(surroundings.handler, surroundings.clock),
      answers_(
          std::make_shared<AnswerQueue>([this] { reactor_.post([this] { take_answers(); }); })),
      read_scratch_(kReadScratchBytes),
      send_scratch_(SendQueue::kScratchBytes),
      tools_{.reactor = reactor_,
             .host = *this,
             .clock = surroundings.clock,
             .metrics = surroundings.metrics,
             .memory = surroundings.memory,
             .answers = answers_,
             .read_scratch = read_scratch_,
             .send_scratch = send_scratch_,
             .request_max_bytes = surroundings.options.request_max_bytes,
             .sasl_max_bytes = surroundings.options.sasl_max_receive_bytes},
      resume_alarm_(reactor_, [this] { resume_due(); }),
      tick_alarm_(reactor_, [this] { tick(); }),
      stop_alarm_(reactor_,
                  [this] {
                    for (ConnectionId id : connection_ids()) {
                      connections_.at(id)->close(Ending::kQuiet, "the broker is shutting down");
                    }
                    finish_if_empty();
                  }),
      hand_over_alarm_(reactor_, [this] { hand_over_some(); }) {}

Processor::~Processor() {
  if (thread_.joinable()) stop(0);
  join();
  answers_->close();
}

void Processor::start() {
  thread_ = base::Thread(name_, [this] { run(); });
}

void Processor::run() {
  clockid_t clock{};
  if (pthread_getcpuclockid(pthread_self(), &clock) == 0) {
    cpu_clock_.store(clock);
    has_cpu_clock_.store(true);
  }
  answers_->set_owner();
  reactor_.run();
  answers_->close();
  for (const auto& request : outbox_) request->close_connection("the broker is shutting down");
  outbox_.clear();
  retired_.clear();
  has_cpu_clock_.store(false);
  final_cpu_ns_.store(read_clock_ns(CLOCK_THREAD_CPUTIME_ID));
  has_ended_.store(true);
}

std::int64_t Processor::cpu_ns() const {
  if (has_cpu_clock_.load()) return read_clock_ns(cpu_clock_.load());
  return std::max<std::int64_t>(final_cpu_ns_.load(), 0);
}

void Processor::adopt(Accepted accepted, ConnectionFacts facts) {
  auto shared = std::make_shared<Accepted>(std::move(accepted));  // a function must be copyable
  reactor_.post([this, shared, facts = std::move(facts)]() mutable {
    open(std::move(*shared), std::move(facts));
  });
}

std::unique_ptr<Transport> Processor::make_transport(Socket socket) {
  if (!config::uses_tls(listener_.protocol)) {
    return std::make_unique<PlaintextTransport>(std::move(socket));
  }
  std::shared_ptr<ssl_ctx_st> context = listener_.tls.context ? listener_.tls.context() : nullptr;
  if (context == nullptr) return nullptr;
  return std::make_unique<TlsTransport>(std::move(socket), std::move(context), listener_.tls,
                                        tls_scratch_);
}

void Processor::open(Accepted accepted, ConnectionFacts facts) {
  auto context = std::make_shared<ConnectionContext>(std::move(facts), kAnonymous);
  surroundings_.metrics.connections_opened.add();
  std::unique_ptr<Transport> transport =
      is_stopping_ ? nullptr : make_transport(std::move(accepted.socket));
  if (transport == nullptr) {
    if (!is_stopping_) {
      surroundings_.refusals.note(context->peer_host(), context->describe(),
                                  "the listener has no usable certificate");
    }
    surroundings_.metrics.connections_closed.add();
    surroundings_.limits.release(listener_.name, context->peer_host());
    return;
  }
  auto made = std::make_unique<Connection>(tools_, std::move(transport), std::move(context));
  Connection& connection = *made;
  connections_.emplace(connection.id(), std::move(made));
  if (!is_ticking_) set_tick_alarm();
  connection.proceed();
}

ConnectionHost::Dispatched Processor::dispatch(std::unique_ptr<Request> request) {
  surroundings_.metrics.requests.add();
  base::Status admitted = gate_.admit(*request);
  if (!admitted) {
    surroundings_.metrics.requests_refused.add();
    request->respond_nothing();  // the connection closes instead; nobody listens for this
    return {.outcome = Outcome::kRefused, .reason = admitted.error().message};
  }
  const bool is_quiet = outbox_.empty() && surroundings_.channel.size() == 0;
  if (is_quiet && surroundings_.handler.may_run_inline(request->header())) {
    const ConnectionId id = request->context()->id();
    surroundings_.metrics.requests_inline.add();
    request->set_inline();
    request->set_dequeued_ns(request->received_ns());
    answers_->begin_inline();
    surroundings_.handler.handle(std::move(request));
    std::optional<Answer> answer = answers_->end_inline(id);
    if (!answer) return {.outcome = Outcome::kUnderWay};
    return {.outcome = Outcome::kAnswered, .answer = std::move(*answer)};
  }
  // One push for all that is ready now: the posted action comes behind it.
  if (outbox_.empty()) reactor_.post([this] { push_outbox(); });
  outbox_.push_back(std::move(request));
  return {.outcome = Outcome::kUnderWay};
}

void Processor::push_outbox() {
  if (!outbox_.empty()) surroundings_.channel.push(outbox_);
}

void Processor::proceed(ConnectionId id) {
  auto found = connections_.find(id);
  if (found != connections_.end()) found->second->proceed();
}

void Processor::resume_soon(ConnectionId id) {
  reactor_.post([this, id] { proceed(id); });
}

void Processor::resume_after_ms(ConnectionId id, std::int64_t delay_ms) {
  const std::int64_t due_ms =
      surroundings_.clock.monotonic_ms() + std::max<std::int64_t>(delay_ms, 1);
  const bool is_first = resumes_.empty() || due_ms < resumes_.begin()->first;
  resumes_.emplace(due_ms, id);
  if (is_first) set_resume_alarm();
}

void Processor::set_resume_alarm() {
  const std::int64_t left_ms = resumes_.begin()->first - surroundings_.clock.monotonic_ms();
  resume_alarm_.set_after_ms(std::max<std::int64_t>(left_ms, 0));
}

void Processor::resume_due() {
  const std::int64_t now_ms = surroundings_.clock.monotonic_ms();
  std::vector<ConnectionId> due;
  const auto end = resumes_.upper_bound(now_ms);
  for (auto resume = resumes_.begin(); resume != end; ++resume) due.push_back(resume->second);
  resumes_.erase(resumes_.begin(), end);
  for (ConnectionId id : due) proceed(id);
  if (!resumes_.empty()) set_resume_alarm();
}

void Processor::resume_with_memory(ConnectionId id) {
  starving_.push_back(id);
  if (starving_.size() == 1) ask_for_memory();
}

void Processor::ask_for_memory() {
  // The budget may outlive this thread's loop, but not the loop's answers queue; so it wakes by
  // way of that.
  std::weak_ptr<AnswerQueue> answers = answers_;
  surroundings_.memory->notify_when_open([answers] {
    if (auto alive = answers.lock()) alive->note_memory();
  });
}

void Processor::resume_starving() {
  // Somebody else may have been quicker. Those who starve again ask again.
  if (!surroundings_.memory->is_open()) {
    if (!starving_.empty()) ask_for_memory();
    return;
  }
  for (ConnectionId id : std::exchange(starving_, {})) {
    auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    found->second->memory_is_back();
    found->second->proceed();
  }
}

void Processor::take_answers() {
  for (Answer& answer : answers_->take_all()) {
    auto found = connections_.find(answer.connection);
    if (found != connections_.end()) found->second->on_answer(std::move(answer));
  }
  if (answers_->take_memory_note()) resume_starving();
}

void Processor::closed(Connection& connection, Ending ending, const std::string& reason) {
  NetworkMetrics& metrics = surroundings_.metrics;
  metrics.connections_closed.add();
  if (ending == Ending::kIdle) metrics.connections_idle_closed.add();
  if (ending == Ending::kFailedHandshake) metrics.handshakes_failed.add();
  const ConnectionContext& context = connection.context();
  const bool is_loud = ending == Ending::kRefused || ending == Ending::kFailedHandshake;
  if (is_loud && !reason.empty()) {
    surroundings_.refusals.note(context.peer_host(), context.describe(), reason);
  } else {
    VLOG(1) << "[connection " << context.id() << "] Connection from " << context.describe()
            << " closed" << (reason.empty() ? "" : ": ") << reason << ".";
  }
  surroundings_.limits.release(listener_.name, context.peer_host());
  // It is on the stack of its own call now.
  if (retired_.empty()) reactor_.post([this] { retired_.clear(); });
  auto found = connections_.find(connection.id());
  retired_.push_back(std::move(found->second));
  connections_.erase(found);
  finish_if_empty();
}

std::vector<ConnectionId> Processor::connection_ids() const {
  std::vector<ConnectionId> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  return ids;
}

bool Processor::may_idle_forever() const {
  return surroundings_.options.connections_max_idle_ms < 0;
}

void Processor::set_tick_alarm() {
  const SocketServerOptions& options = surroundings_.options;
  const std::int64_t shortest_ms =
      may_idle_forever() ? options.handshake_timeout_ms
                         : std::min(options.connections_max_idle_ms, options.handshake_timeout_ms);
  is_ticking_ = true;
  tick_alarm_.set_after_ms(std::clamp(shortest_ms / 4, kMinTickMs, kMaxTickMs));
}

void Processor::tick() {
  const SocketServerOptions& options = surroundings_.options;
  const std::int64_t now_ms = surroundings_.clock.monotonic_ms();
  std::vector<std::pair<std::int64_t, Connection*>> idle;
  std::vector<Connection*> slow_handshakes;
  for (const auto& [id, connection] : connections_) {
    if (connection->is_shaking_hands()) {
      if (now_ms - connection->opened_ms() >= options.handshake_timeout_ms) {
        slow_handshakes.push_back(connection.get());
      }
    } else if (!may_idle_forever() &&
               now_ms - connection->last_active_ms() >= options.connections_max_idle_ms &&
               !connection->has_request_under_way()) {
      idle.emplace_back(connection->last_active_ms(), connection.get());
    }
  }
  for (Connection* connection : slow_handshakes) {
    connection->close(Ending::kFailedHandshake, "it did not finish its TLS handshake in time");
  }
  std::sort(idle.begin(), idle.end());
  for (const auto& [since_ms, connection] : idle) {
    connection->close(Ending::kIdle, "it was idle (connections.max.idle.ms)");
  }
  is_ticking_ = false;
  if (!connections_.empty()) set_tick_alarm();
}

void Processor::retire(std::vector<Processor*> heirs) {
  reactor_.post([this, heirs = std::move(heirs)]() mutable {
    heirs_ = std::move(heirs);
    hand_over_some();
  });
}

void Processor::hand_over_some() {
  if (is_stopping_) return;
  take_offered();
  for (ConnectionId id : connection_ids()) {
    auto found = connections_.find(id);
    if (!found->second->may_move()) continue;
    Moving moving{found->second->release(), found->second->shared_context()};
    connections_.erase(found);
    const std::size_t first = id % heirs_.size();
    bool is_taken = false;
    for (std::size_t i = 0; i < heirs_.size() && !is_taken; ++i) {
      is_taken = heirs_[(first + i) % heirs_.size()]->offer(moving);
    }
    if (!is_taken) drop(moving);
  }
  if (!connections_.empty()) return hand_over_alarm_.set_after_ms(kHandOverMs);
  finish_if_empty();
}

bool Processor::offer(Moving& moving) {
  base::MutexLock lock(offer_mutex_);
  if (!takes_offers_) return false;
  offered_.push_back(std::move(moving));
  reactor_.post([this] { take_offered(); });
  return true;
}

void Processor::take_offered() {
  std::vector<Moving> offered;
  {
    base::MutexLock lock(offer_mutex_);
    offered.swap(offered_);
  }
  for (Moving& moving : offered) {
    if (is_stopping_) {
      drop(moving);
      continue;
    }
    moving.transport->move_to(tls_scratch_);
    auto made = std::make_unique<Connection>(tools_, std::move(moving.transport),
                                             std::move(moving.context));
    Connection& connection = *made;
    connections_.emplace(connection.id(), std::move(made));
    if (!is_ticking_) set_tick_alarm();
    connection.proceed_moved();
  }
  if (heirs_.empty()) return;
  if (!connections_.empty()) hand_over_alarm_.set_after_ms(kHandOverMs);
  finish_if_empty();
}

void Processor::drop(Moving& moving) {
  surroundings_.metrics.connections_closed.add();
  surroundings_.limits.release(listener_.name, moving.context->peer_host());
  moving.transport->close();
}

void Processor::stop(std::int64_t grace_ms) {
  reactor_.post([this, grace_ms] { begin_stop(grace_ms); });
}

void Processor::begin_stop(std::int64_t grace_ms) {
  is_stopping_ = true;
  take_offered();
  for (ConnectionId id : connection_ids()) {
    auto found = connections_.find(id);
    if (found != connections_.end()) found->second->drain();
  }
  stop_alarm_.set_after_ms(grace_ms);
  finish_if_empty();
}

void Processor::finish_if_empty() {
  const bool is_ending = is_stopping_ || !heirs_.empty();
  if (!is_ending || !connections_.empty()) return;
  {
    base::MutexLock lock(offer_mutex_);
    // What was offered is taken first, by an action that is posted already.
    if (!offered_.empty()) return;
    takes_offers_ = false;
  }
  reactor_.stop();
}

}  // namespace odradek::network
