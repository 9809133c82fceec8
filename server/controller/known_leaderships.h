// The states of partitions without asking ZooKeeper for what this controller wrote itself.
#pragma once

#include <optional>
#include <vector>

#include "server/controller/context.h"
#include "server/controller/fenced_store.h"

namespace odradek::controller {

// In the order asked; none where there is no state. From memory while nobody but the controller
// writes states (IBP >= 2.7-IV2); what is written by these is compared with ZooKeeper's version,
// and who finds another one there reads anew.
std::vector<std::optional<Leadership>> known_leaderships(
    const Context& context, FencedStore& store, const std::vector<TopicPartition>& partitions);

}  // namespace odradek::controller
