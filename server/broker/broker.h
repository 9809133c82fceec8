// Broker: every component of one broker process, built, started and stopped in upstream's order.
#pragma once

#include <memory>

#include "base/result.h"
#include "protocol/types.h"
#include "server/config/broker_config.h"

namespace odradek::broker {

struct Parts;

// The main thread's.
class Broker {
 public:
  explicit Broker(config::BrokerConfig config);
  ~Broker();  // shutdown()
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // From connecting to ZooKeeper to answering requests; an error says what is wrong and leaves
  // nothing behind but what shutdown() cleans up.
  base::Status start();
  // Controlled where configured; then flushes and leaves. Idempotent.
  void shutdown();

  protocol::BrokerId id() const;
  // Every log directory has failed: nothing is left to serve (the process should end).
  bool has_failed() const;

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace odradek::broker
