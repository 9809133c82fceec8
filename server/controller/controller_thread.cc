#include "server/controller/controller_thread.h"

#include <string>
#include <utility>
#include <variant>

#include "base/log.h"
#include "zk/data/paths.h"

namespace odradek::controller {

ControllerThread::ControllerThread(ControllerOptions options, zk::Session& session,
                                   client::ConnectionFactory& connections)
    : options_(std::move(options)),
      session_(session),
      election_(session),
      timers_(1, "controller-timer"),
      active_(options_, session, connections, events_, timers_) {}

ControllerThread::~ControllerThread() { stop(); }

void ControllerThread::start() {
  watch_controller();
  thread_ = base::Thread("controller-event", [this] { run(); });
  events_.put(Startup{});
}

void ControllerThread::stop() {
  events_.close();
  if (thread_.joinable()) thread_.join();
  session_.watches().remove_node_handler(std::string(zk::paths::kController));
  timers_.shutdown();
}

void ControllerThread::set_unclean_election_default(bool enabled) {
  unclean_election_default_ = enabled;
  if (enabled) events_.put(UncleanElectionEnabled{});
}

void ControllerThread::run() {
  while (std::optional<Event> event = events_.take()) handle(*event);
  resign();
  set_active(protocol::kNoBroker);
}

void ControllerThread::handle(Event& event) {
  options_.unclean_leader_election_enable = unclean_election_default_.load();
  std::visit([this](auto& concrete) { process(concrete); }, event);
  if (is_in_charge_ && !active_.store().ok()) handle_failure();
}

void ControllerThread::handle_failure() {
  const std::string tag = active_.context().tag();
  const std::string why = active_.store().failure()->message;
  if (active_.store().controller_moved()) {
    LOG(WARNING) << tag << "another controller has been elected: " << why;
    (void)maybe_resign();
    if (!is_in_charge_) return;
    // /controller is ours, but the epoch was changed by somebody: nothing can be written any more,
    // so begin anew.
    LOG(ERROR) << tag << "/controller is ours but /controller_epoch was changed by hand; resigning";
    trigger_move();
    return;
  }
  const zk::SessionState state = session_.state();
  if (state != zk::SessionState::kConnected && state != zk::SessionState::kConnecting) {
    LOG(WARNING) << tag << "the ZooKeeper session ended: " << why;
    return;  // an Expire event follows; until then nothing is written
  }
  LOG(ERROR) << tag << "a step failed and was left undone: " << why;
  active_.store().clear_failure();
}

template <class ActiveEvent>
void ControllerThread::process(ActiveEvent& event) {
  if (is_in_charge_ && active_.store().ok()) {
    active_.process(event);
    return;
  }
  Event refused(std::move(event));
  refuse(refused);
}

void ControllerThread::watch_controller() {
  session_.watches().set_node_handler(std::string(zk::paths::kController),
                                      [this](zk::NodeEvent happened) {
                                        if (happened == zk::NodeEvent::kDeleted) {
                                          events_.put(Reelect{});
                                        } else {
                                          events_.put(ControllerChange{});
                                        }
                                      });
  elect();
}

void ControllerThread::process(ControllerChange) {
  if (!maybe_resign()) return;
  // Created and deleted again before we looked: nobody else may have noticed.
  if (active_id() == protocol::kNoBroker) events_.put(Reelect{});
}

void ControllerThread::process(Reelect) {
  if (maybe_resign()) elect();
}

void ControllerThread::process(RegisterBrokerAndReelect& event) {
  base::Status registered = event.register_broker();
  if (!registered.ok()) {
    LOG(ERROR) << "[broker " << options_.broker_id
               << "] registration in the new ZooKeeper session failed, trying again in " << kRetryMs
               << " ms: " << registered.error().message;
    timers_.schedule(
        "register-broker", [this, again = event]() mutable { events_.put(std::move(again)); },
        kRetryMs);
    return;
  }
  process(Reelect{});
}

void ControllerThread::process(Expire& event) {
  event.started();
  set_active(protocol::kNoBroker);
  resign();
}

void ControllerThread::set_active(BrokerId id) {
  if (active_id_.exchange(id) == id) return;
  LOG(INFO) << "[broker " << options_.broker_id << "] the controller is "
            << (id == protocol::kNoBroker ? std::string("unknown")
                                          : "broker " + std::to_string(id));
}

bool ControllerThread::read_active() {
  base::Result<std::optional<zk::ControllerNode>> node = election_.read();
  if (!node.ok()) {
    LOG(WARNING) << "[broker " << options_.broker_id
                 << "] /controller could not be read: " << node.error().message;
    elect_later();
    return false;
  }
  set_active(*node ? (*node)->data.broker_id : protocol::kNoBroker);
  return true;
}

void ControllerThread::elect_later() {
  // A session that ended is followed by an election anyway.
  if (session_.state() != zk::SessionState::kConnected) return;
  if (is_election_due_.exchange(true)) return;
  timers_.schedule(
      "elect",
      [this] {
        is_election_due_ = false;
        events_.put(Reelect{});
      },
      kRetryMs);
}

bool ControllerThread::maybe_resign() {
  if (!read_active()) return false;
  if (is_in_charge_ && active_id() != options_.broker_id) resign();
  return true;
}

void ControllerThread::resign() {
  epoch_ = 0;
  if (!is_in_charge_) return;
  LOG(INFO) << active_.context().tag() << "resigning as controller";
  is_in_charge_ = false;
  active_.resign();
}

void ControllerThread::elect() {
  if (!read_active() || active_id() != protocol::kNoBroker) return;
  base::Result<std::optional<zk::Fence>> elected = election_.elect(options_.broker_id);
  if (!elected.ok()) {
    LOG(WARNING) << "[broker " << options_.broker_id
                 << "] election failed: " << elected.error().message;
    (void)read_active();
    if (active_id() == protocol::kNoBroker) elect_later();
    return;
  }
  if (!*elected) {
    process(ControllerChange{});
    return;
  }
  const zk::Fence fence = **elected;
  set_active(options_.broker_id);
  epoch_ = fence.controller_epoch;
  is_in_charge_ = true;
  active_.take_over(fence);
  if (active_.store().ok() || active_.store().controller_moved()) return;  // see handle_failure
  LOG(ERROR) << active_.context().tag()
             << "could not take over: " << active_.store().failure()->message;
  trigger_move();
}

void ControllerThread::trigger_move() {
  zk::Fence fence = active_.store().fence();
  if (!read_active()) return;
  if (active_id() != options_.broker_id) {
    resign();
    return;
  }
  resign();
  set_active(protocol::kNoBroker);
  base::Result<std::optional<zk::ControllerEpoch>> now = election_.read_epoch();
  if (now.ok() && *now) fence.epoch_zk_version = (*now)->zk_version;
  if (auto deleted = election_.resign(fence); !deleted.ok()) {
    LOG(WARNING) << "[broker " << options_.broker_id
                 << "] /controller not deleted: " << deleted.error().message;
  }
}

}  // namespace odradek::controller
