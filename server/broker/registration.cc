#include "server/broker/registration.h"

#include <utility>

#include "base/log.h"

namespace odradek::broker {

Registration::Registration(zk::Session& session, zk::BrokerRegistration broker,
                           std::int32_t payload_version, std::atomic<std::int64_t>& epoch)
    : session_(session),
      brokers_(session),
      broker_id_(broker.broker_id),
      broker_(std::move(broker)),
      payload_version_(payload_version),
      epoch_(epoch) {}

Registration::~Registration() { stop_following(); }

zk::BrokerRegistration Registration::broker() const {
  base::MutexLock lock(mutex_);
  return broker_;
}

base::Status Registration::check_endpoints_are_free() {
  const zk::BrokerRegistration self = broker();
  auto registered = brokers_.list(false);
  if (!registered) return registered.error();
  for (const zk::RegisteredBroker& other : *registered) {
    if (other.registration.broker_id == broker_id_) continue;
    for (const zk::BrokerEndpoint& theirs : other.registration.endpoints) {
      for (const zk::BrokerEndpoint& ours : self.endpoints) {
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
  auto epoch = brokers_.register_broker(broker(), payload_version_);
  if (!epoch) return epoch.error();
  epoch_ = *epoch;
  LOG(INFO) << "[broker " << broker_id_ << "] registered in ZooKeeper with epoch " << *epoch;
  return {};
}

base::Status Registration::advertise(std::vector<zk::BrokerEndpoint> endpoints) {
  {
    base::MutexLock lock(mutex_);
    broker_.endpoints = std::move(endpoints);
  }
  // While there is no session, the next one registers what stands here now.
  base::Status updated = brokers_.update(broker(), payload_version_);
  if (updated) LOG(INFO) << "[broker " << broker_id_ << "] registered its changed listeners";
  return updated;
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
  LOG(WARNING) << "[broker " << broker_id_
               << "] the ZooKeeper session expired; clients are served on, a new session follows";
  controller_->on_session_expired();
}

void Registration::after_reconnect() {
  controller_->on_session_established([this] { return register_now(); });
}

}  // namespace odradek::broker
