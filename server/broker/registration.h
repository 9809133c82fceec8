// Registration: this broker's node in ZooKeeper, made again with every new session.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "server/controller/controller.h"
#include "zk/client/session.h"
#include "zk/store/brokers.h"

namespace odradek::broker {

// register_now() at the start; afterwards the session's event thread, the controller's and that of
// changed settings use it.
class Registration : public zk::SessionObserver {
 public:
  // The broker epoch is written to `epoch` with each registration.
  Registration(zk::Session& session, zk::BrokerRegistration broker, std::int32_t payload_version,
               std::atomic<std::int64_t>& epoch);
  ~Registration() override;

  // An advertised host and port that another broker id has registered is an error, as upstream.
  base::Status check_endpoints_are_free();
  base::Status register_now();
  // From here on a new session registers through the controller's event thread, which elects
  // afterwards.
  void follow_session(controller::Controller& controller);
  void stop_following();
  // What the broker advertises, from now on and with every new session.
  base::Status advertise(std::vector<zk::BrokerEndpoint> endpoints) EXCLUDES(mutex_);

 private:
  void before_reconnect() override;
  void after_reconnect() override;

  zk::Session& session_;
  zk::Brokers brokers_;
  zk::BrokerRegistration broker() const EXCLUDES(mutex_);

  const protocol::BrokerId broker_id_;
  mutable base::Mutex mutex_;
  zk::BrokerRegistration broker_ GUARDED_BY(mutex_);
  const std::int32_t payload_version_;
  std::atomic<std::int64_t>& epoch_;
  controller::Controller* controller_ = nullptr;  // set while following
};

}  // namespace odradek::broker
