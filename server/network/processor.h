// Processor: one network thread with the connections that were given to it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "server/network/answer_queue.h"
#include "server/network/connection.h"
#include "server/network/connection_limits.h"
#include "server/network/reactor.h"
#include "server/network/refusal_log.h"
#include "server/network/request_channel.h"
#include "server/network/request_gate.h"
#include "server/network/request_handler.h"
#include "server/network/socket.h"
#include "server/network/socket_server_options.h"
#include "server/network/tls_transport.h"

namespace odradek::network {

// What processors share with each other; outlives them.
struct ProcessorSurroundings {
  const SocketServerOptions& options;
  RequestHandler& handler;
  RequestChannel& channel;  // of the plane
  const base::Clock& clock;
  std::shared_ptr<MemoryBudget> memory;
  ConnectionLimits& limits;
  NetworkMetrics& metrics;
  RefusalLog& refusals;
};

class Processor : private ConnectionHost {
 public:
  Processor(std::string name, const ListenerOptions& listener,
            const ProcessorSurroundings& surroundings);
  ~Processor() override;
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  void start();
  // From the acceptor's thread. The connection was admitted by the limits; the processor releases
  // it.
  void adopt(Accepted accepted, ConnectionFacts facts);
  // Reads no further request, and ends when every answer is out or grace_ms are over. From any
  // thread; join() waits for it.
  void stop(std::int64_t grace_ms);
  void join() { thread_.join(); }
  // Gives its connections to others, each between two of its requests, and ends when the last has
  // gone. Nobody adopts any more; the others outlive it. From any thread.
  void retire(std::vector<Processor*> heirs);
  bool has_ended() const { return has_ended_.load(); }

  std::size_t queued_answers() const { return answers_->size(); }
  // CPU time of the thread.
  std::int64_t cpu_ns() const;

 private:
  using Outcome = Dispatched::Outcome;
  struct Moving {
    std::unique_ptr<Transport> transport;
    std::shared_ptr<ConnectionContext> context;
  };

  // ConnectionHost:
  Dispatched dispatch(std::unique_ptr<Request> request) override;
  void resume_soon(ConnectionId id) override;
  void resume_after_ms(ConnectionId id, std::int64_t delay_ms) override;
  void resume_with_memory(ConnectionId id) override;
  void closed(Connection& connection, Ending ending, const std::string& reason) override;

  void run();
  void open(Accepted accepted, ConnectionFacts facts);
  void hand_over_some();
  // From the thread of one that retires; false, and nothing taken, when this one has ended.
  bool offer(Moving& moving) EXCLUDES(offer_mutex_);
  void take_offered() EXCLUDES(offer_mutex_);
  void drop(Moving& moving);
  std::unique_ptr<Transport> make_transport(Socket socket);
  void proceed(ConnectionId id);
  void take_answers();
  void push_outbox();
  void resume_due();
  void set_resume_alarm();
  // Closes what has been idle, or shaking hands, for too long.
  void tick();
  bool may_idle_forever() const;  // connections.max.idle.ms is negative
  void set_tick_alarm();
  void ask_for_memory();
  void resume_starving();
  void begin_stop(std::int64_t grace_ms);
  void finish_if_empty() EXCLUDES(offer_mutex_);
  std::vector<ConnectionId> connection_ids() const;

  const std::string name_;
  const ListenerOptions listener_;
  const ProcessorSurroundings surroundings_;
  const RequestGate gate_;
  Reactor reactor_;
  const std::shared_ptr<AnswerQueue> answers_;
  TlsScratch tls_scratch_;
  std::vector<std::uint8_t> read_scratch_;
  std::vector<std::uint8_t> send_scratch_;
  const ConnectionTools tools_;
  Reactor::Alarm resume_alarm_;
  Reactor::Alarm tick_alarm_;
  Reactor::Alarm stop_alarm_;
  Reactor::Alarm hand_over_alarm_;

  // The thread's own.
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> retired_;   // closed in this turn
  std::vector<std::unique_ptr<Request>> outbox_;       // for the handler threads, one batch a turn
  std::multimap<std::int64_t, ConnectionId> resumes_;  // by monotonic ms
  std::vector<ConnectionId> starving_;                 // muted until there is memory
  bool is_ticking_ = false;
  bool is_stopping_ = false;
  std::vector<Processor*> heirs_;  // not empty: retiring

  base::Mutex offer_mutex_;
  bool takes_offers_ GUARDED_BY(offer_mutex_) = true;
  std::vector<Moving> offered_ GUARDED_BY(offer_mutex_);
  std::atomic<bool> has_ended_{false};
  std::atomic<bool> has_cpu_clock_{false};
  std::atomic<clockid_t> cpu_clock_{0};
  std::atomic<std::int64_t> final_cpu_ns_{-1};
  base::Thread thread_;
};

}  // namespace odradek::network
