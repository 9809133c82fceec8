// Connection: one client's socket with its request under way and its answers on the way out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/network/connection_context.h"
#include "server/network/frame_reader.h"
#include "server/network/network_metrics.h"
#include "server/network/reactor.h"
#include "server/network/request.h"
#include "server/network/send_queue.h"
#include "server/network/transport.h"

namespace odradek::network {

class Connection;

// What connections need of the network thread that owns them.
class ConnectionHost {
 public:
  struct Dispatched {
    enum class Outcome : std::uint8_t { kAnswered, kUnderWay, kRefused };
    Outcome outcome = Outcome::kUnderWay;
    Answer answer = {};       // kAnswered
    std::string reason = {};  // kRefused
  };
  // How loud a connection ends.
  enum class Ending : std::uint8_t { kQuiet, kRefused, kFailedHandshake, kIdle };

  virtual ~ConnectionHost() = default;
  virtual Dispatched dispatch(std::unique_ptr<Request> request) = 0;
  // proceed() is called again: soon, in a while, or when there is memory for requests.
  virtual void resume_soon(ConnectionId id) = 0;
  virtual void resume_after_ms(ConnectionId id, std::int64_t delay_ms) = 0;
  virtual void resume_with_memory(ConnectionId id) = 0;
  // The connection may be destroyed once this turn is over.
  virtual void closed(Connection& connection, Ending ending, const std::string& reason) = 0;
};

// What all connections of a network thread share; outlives them.
struct ConnectionTools {
  Reactor& reactor;
  ConnectionHost& host;
  const base::Clock& clock;
  NetworkMetrics& metrics;
  std::shared_ptr<MemoryBudget> memory;
  std::shared_ptr<AnswerSink> answers;
  std::vector<std::uint8_t>& read_scratch;
  std::vector<std::uint8_t>& send_scratch;
  std::int64_t request_max_bytes = 0;
  std::int64_t sasl_max_bytes = 0;
};

// The network thread that owns it calls everything. Reads nothing while a request is under way,
// so answers keep their order and a client that does not read them stops being read.
class Connection {
 public:
  // Answers that inline handling may gather before they are written.
  static constexpr std::size_t kMaxGatheredBytes = 1024 * 1024;
  static constexpr int kReadsPerTurn = 8;
  // From here on the rest of a frame is read to where it belongs and not by way of the scratch.
  static constexpr std::size_t kDirectBytes = 16 * 1024;

  Connection(const ConnectionTools& tools, std::unique_ptr<Transport> transport,
             std::shared_ptr<ConnectionContext> context);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  ConnectionId id() const { return context_->id(); }
  const ConnectionContext& context() const { return *context_; }
  std::shared_ptr<ConnectionContext> shared_context() const { return context_; }

  // Does whatever can be done without waiting: handshake, write, read, handle; arms the watch for
  // the rest.
  void proceed();
  void on_answer(Answer answer);
  void memory_is_back() { awaits_memory_ = false; }
  // No further request is read; closes as soon as nothing is under way.
  void drain();
  void close(ConnectionHost::Ending ending, const std::string& reason);

  // Between two requests, with everything sent: another network thread could go on with it.
  bool may_move() const;
  // Gives up the socket, and with it the connection, for a Connection on the other thread; not
  // from within proceed().
  std::unique_ptr<Transport> release();
  // The first proceed() of a connection that was moved here.
  void proceed_moved();

  bool is_closed() const { return phase_ == Phase::kClosed; }
  bool is_shaking_hands() const { return phase_ == Phase::kHandshake; }
  bool has_request_under_way() const { return is_answer_due_; }
  std::int64_t opened_ms() const { return opened_ms_; }
  std::int64_t last_active_ms() const { return last_active_ms_; }

 private:
  enum class Phase : std::uint8_t { kHandshake, kOpen, kClosed };

  // Each returns true when the next step may be taken.
  bool shake_hands();
  bool open();
  bool flush();
  bool end_if_due();
  bool may_read();
  bool read_and_consume();

  void consume(std::span<const std::uint8_t> input);
  void on_readable();
  void keep_for_later(std::span<const std::uint8_t> rest);
  bool take(FrameReader::Next next);  // false: no further frame now
  void apply(Answer answer);
  void end_on(const IoResult& result);
  void wait_for(IoState state);

  const ConnectionTools& tools_;
  std::unique_ptr<Transport> transport_;
  const std::shared_ptr<ConnectionContext> context_;
  std::unique_ptr<Reactor::Watch> watch_;
  FrameReader reader_;
  SendQueue sends_;
  Phase phase_ = Phase::kHandshake;
  const std::int64_t opened_ms_;
  std::int64_t last_active_ms_;
  // Read from the socket but not yet looked at, because a request came before it.
  std::vector<std::uint8_t> later_;
  std::size_t later_from_ = 0;
  bool has_later_ = false;
  bool is_socket_drained_ = false;  // the last read took all there was
  bool is_answer_due_ = false;
  bool awaits_memory_ = false;
  bool is_draining_ = false;
  bool is_proceeding_ = false;
  std::int64_t muted_until_ms_ = 0;
  std::int64_t close_after_ms_ = -1;  // once everything is sent; -1: stays open
  std::int64_t close_at_ms_ = -1;
};

}  // namespace odradek::network
