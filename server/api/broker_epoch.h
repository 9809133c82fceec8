// The check that a request of the controller is meant for this registration of this broker.
#pragma once

#include <cstdint>

#include "server/api/services.h"
#include "server/replica/isr.h"

namespace odradek::api {

// Only lower epochs are stale: a higher one may be ours before we know it (zookeeper.md §2.13). -1
// skips the check.
inline bool is_stale_broker_epoch(const Services& services, std::int64_t broker_epoch) {
  return replica::is_of_earlier_life(broker_epoch, services.broker_epoch.load());
}

}  // namespace odradek::api
