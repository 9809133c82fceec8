// Controller: takes part in the controller election and, while elected, moves leaders, topics and
// replicas of the cluster.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/client/connection_factory.h"
#include "server/controller/options.h"
#include "server/controller/requests.h"

namespace odradek::zk {
class Session;
}

namespace odradek::controller {

class ControllerThread;

// One event thread owns the context and needs no lock; every public function may be called from any
// thread and only queues.
class Controller {
 public:
  // Registers this broker again with its cached information after a session expired; runs on the
  // event thread.
  using Register = std::function<base::Status()>;

  // `session` and `connections` outlive the controller.
  Controller(ControllerOptions options, zk::Session& session,
             client::ConnectionFactory& connections);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Queues the Startup event: watch /controller, elect.
  void start();
  // Resigns and joins the thread; does not delete /controller (the end of the session does).
  // Requests that wait are answered NOT_CONTROLLER. Idempotent.
  void stop();

  bool is_active() const;
  std::int32_t epoch() const;          // of this controller while active, else 0
  BrokerId active_controller() const;  // as last read from /controller; -1 when unknown

  void submit(ControlledShutdownRequest request, Reply<ControlledShutdownAnswer> reply);
  void submit(AlterPartitionRequest request, Reply<AlterPartitionAnswer> reply);
  void submit(ElectLeadersRequest request, Reply<ElectLeadersAnswer> reply);
  void submit(ReassignmentTargets request, Reply<ReassignmentAnswer> reply);
  void submit(ListReassignmentsRequest request, Reply<ListReassignmentsAnswer> reply);
  void submit(ProducerIdsRequest request, Reply<ProducerIdsAnswer> reply);
  void submit(FeaturesRequest request, Reply<FeaturesAnswer> reply);

  // Dynamic configuration: unclean.leader.election.enable became true for one topic, or changed for
  // the broker.
  void enable_unclean_election(const std::string& topic);
  void set_unclean_election_default(bool enabled);

  // Session expired (call from the session's observer, before a new session is made): discards what
  // is queued, resigns, and returns once the resignation has begun.
  void on_session_expired();
  // A new session is there: runs `register_broker` on the event thread, then elects.
  void on_session_established(Register register_broker);

 private:
  std::unique_ptr<ControllerThread> thread_;
};

}  // namespace odradek::controller
