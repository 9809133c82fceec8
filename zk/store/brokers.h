// Brokers: their registrations in ZooKeeper, with epochs (zookeeper.md §1.5, §1.17, §3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/broker_registration.h"

namespace odradek::zk {

struct RegisteredBroker {
  BrokerRegistration registration;
  std::int64_t epoch = -1;  // the node's czxid
};

// Safe from any thread.
class Brokers {
 public:
  explicit Brokers(Session& session) : session_(session) {}

  // Registers this process's broker for as long as the session lives; returns the broker epoch.
  // A node of our own present or previous session is ours; one of a foreign session is an error
  // (BROKER id in use), at once. `payload_version` as in BrokerRegistration::encode.
  base::Result<std::int64_t> register_broker(const BrokerRegistration& broker,
                                             std::int32_t payload_version = 5);
  // Changes our own node; its epoch stays.
  base::Status update(const BrokerRegistration& broker, std::int32_t payload_version = 5);

  // Sorted; arms the child watch of /brokers/ids if there is a handler.
  base::Result<std::vector<protocol::BrokerId>> ids(bool watch = true);
  // All live brokers, by id. A payload that cannot be read is logged and left out. Arms the child
  // watch (if `watch`), and each node's watch where a handler is registered.
  base::Result<std::vector<RegisteredBroker>> list(bool watch = true);
  base::Result<std::optional<RegisteredBroker>> read(protocol::BrokerId broker_id);
  // Arms the node's watch if a handler is registered; true if the broker is registered.
  base::Result<bool> exists(protocol::BrokerId broker_id);

  // A new id for a broker without one: above `reserved_max_id`.
  base::Result<protocol::BrokerId> generate_id(std::int32_t reserved_max_id = 1000);

 private:
  base::Result<std::optional<std::int64_t>> take_over(const std::string& path);

  Session& session_;
  base::Mutex mutex_;
  std::int64_t registered_session_id_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::zk
