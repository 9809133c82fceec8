// IsrChanges: notifications by leaders below IBP 2.7-IV2 that they changed in-sync replicas
// (zookeeper.md §1.13, §2.5b).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "zk/client/session.h"
#include "zk/store/fence.h"

namespace odradek::zk {

struct IsrChanges {
  std::vector<std::string> names;  // the nodes, in order; delete them when handled
  std::vector<protocol::TopicPartition> partitions;
};

base::Status notify_isr_change(Session& session,
                               const std::vector<protocol::TopicPartition>& partitions);
// Arms the child watch if there is a handler. Unreadable notifications count as empty.
base::Result<IsrChanges> read_isr_changes(Session& session);
base::Status delete_isr_changes(Session& session, const Fence& fence,
                                const std::vector<std::string>& names);

}  // namespace odradek::zk
