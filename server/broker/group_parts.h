// The components of consumer groups, wired to the log, to ZooKeeper and to each other.
#pragma once

#include "server/broker/parts.h"
#include "server/group/types.h"

namespace odradek::broker {

void build_groups(Parts& parts, const group::ScheduleAfter& schedule);

}  // namespace odradek::broker
