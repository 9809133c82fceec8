#include "server/controller/controller.h"

#include <utility>

#include "base/mutex.h"
#include "server/controller/controller_thread.h"

namespace odradek::controller {

Controller::Controller(ControllerOptions options, zk::Session& session,
                       client::ConnectionFactory& connections)
    : thread_(std::make_unique<ControllerThread>(std::move(options), session, connections)) {}

Controller::~Controller() = default;

void Controller::start() { thread_->start(); }
void Controller::stop() { thread_->stop(); }
bool Controller::is_active() const { return thread_->is_active(); }
std::int32_t Controller::epoch() const { return thread_->epoch(); }
BrokerId Controller::active_controller() const { return thread_->active_id(); }

void Controller::submit(ControlledShutdownRequest request, Reply<ControlledShutdownAnswer> reply) {
  thread_->events().put(ControlledShutdownAsked{std::move(request), std::move(reply)});
}
void Controller::submit(AlterPartitionRequest request, Reply<AlterPartitionAnswer> reply) {
  thread_->events().put(AlterPartitionAsked{std::move(request), std::move(reply)});
}
void Controller::submit(ElectLeadersRequest request, Reply<ElectLeadersAnswer> reply) {
  thread_->events().put(ElectLeadersAsked{std::move(request), std::move(reply)});
}
void Controller::submit(ReassignmentTargets request, Reply<ReassignmentAnswer> reply) {
  thread_->events().put(ReassignmentAsked{std::move(request), std::move(reply)});
}
void Controller::submit(ListReassignmentsRequest request, Reply<ListReassignmentsAnswer> reply) {
  thread_->events().put(ListReassignmentsAsked{std::move(request), std::move(reply)});
}
void Controller::submit(ProducerIdsRequest request, Reply<ProducerIdsAnswer> reply) {
  thread_->events().put(ProducerIdsAsked{std::move(request), std::move(reply)});
}
void Controller::submit(FeaturesRequest request, Reply<FeaturesAnswer> reply) {
  thread_->events().put(FeaturesAsked{std::move(request), std::move(reply)});
}

void Controller::enable_unclean_election(const std::string& topic) {
  thread_->events().put(UncleanElectionEnabled{.topic = topic});
}

void Controller::set_unclean_election_default(bool enabled) {
  thread_->set_unclean_election_default(enabled);
}

void Controller::on_session_expired() {
  struct Latch {
    base::Mutex mutex;
    base::CondVar changed;
    bool started = false;
  };
  auto latch = std::make_shared<Latch>();
  thread_->events().clear_and_put(Expire{[latch] {
    base::MutexLock lock(latch->mutex);
    latch->started = true;
    latch->changed.notify_all();
  }});
  base::MutexLock lock(latch->mutex);
  while (!latch->started) latch->changed.wait(latch->mutex);
}

void Controller::on_session_established(Register register_broker) {
  thread_->events().put(RegisterBrokerAndReelect{std::move(register_broker)});
}

}  // namespace odradek::controller
