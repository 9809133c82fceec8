#include "server/broker/registration.h"

#include <utility>

#include "base/log.h"

namespace odradek::broker {

Registration::Registration(zk::Session& session, zk::BrokerRegistration broker,
                           std::int32_t payload_version, std::atomic<std::int64_t>& epoch)
    : session_(session),
      brokers_(session),
      broker_(std::move(broker)),
      payload_version_(payload_version),
      epoch_(epoch) {}

Registration::~Registration() { stop_following(); }

base::Status Registration::check_endpoints_are_free() {
  auto registered = brokers_.list(false);
  if (!registered) return registered.error();
  for (const zk::RegisteredBroker& other : *registered) {
    if (other.registration.broker_id == broker_.broker_id) continue;
    for (const zk::BrokerEndpoint& theirs : other.registration.endpoints) {
      for (const zk::BrokerEndpoint& ours : broker_.endpoints) {
        if (theirs.host != ours.host || theirs.port != ours.port) continue;
        return base::Error("advertised listener " + ours.host + ":" + std::to_string(ours.port) +
                           " is already registered by broker " +
                           std::to_string(other.registration.broker_id) +
                           "; give each broker its own advertised.listeners");
      }
    }
  }
  return {};
}

base::Status Registration::register_now() {
  auto epoch = brokers_.register_broker(broker_, payload_version_);
  if (!epoch) return epoch.error();
  epoch_ = *epoch;
  LOG(INFO) << "[broker " << broker_.broker_id << "] registered in ZooKeeper with epoch " << *epoch;
  return {};
}

void Registration::follow_session(controller::Controller& controller) {
  controller_ = &controller;
  session_.add_observer(*this);
}

void Registration::stop_following() {
  if (controller_ == nullptr) return;
  session_.remove_observer(*this);
  controller_ = nullptr;
}

void Registration::before_reconnect() {
  LOG(WARNING) << "[broker " << broker_.broker_id
               << "] the ZooKeeper session expired; clients are served on, a new session follows";
  controller_->on_session_expired();
}

void Registration::after_reconnect() {
  controller_->on_session_established([this] { return register_now(); });
}

}  // namespace odradek::broker
