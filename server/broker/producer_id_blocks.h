// Where this broker gets blocks of producer ids from: ZooKeeper itself, or the controller from
// inter-broker protocol 3.0-IV0 on (zookeeper.md §1.15).
#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.h"
#include "server/broker/controller_call.h"
#include "zk/data/producer_id_block.h"

namespace odradek::broker {

// Asks until there is a block or the patience of whoever waits for an id would end; meanwhile the
// controller may move, or learn of this broker.
base::Result<zk::ProducerIdBlock> ask_for_producer_ids(
    const ControllerCall& controller, const std::atomic<std::int64_t>& broker_epoch);

}  // namespace odradek::broker
