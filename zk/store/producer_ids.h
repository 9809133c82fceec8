// Producer ids: the next block of them, by compare-and-set (zookeeper.md §1.15).
#pragma once

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/producer_id_block.h"

namespace odradek::zk {

// Blocks until a block is had, or the session ends; a block lost with a connection is harmless.
base::Result<ProducerIdBlock> allocate_producer_ids(Session& session, protocol::BrokerId broker_id);

}  // namespace odradek::zk
