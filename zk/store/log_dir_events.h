// LogDirEvents: notifications by brokers that a log directory failed (zookeeper.md §1.14, §2.11).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "zk/client/session.h"
#include "zk/store/fence.h"

namespace odradek::zk {

struct LogDirEvents {
  std::vector<std::string> names;  // the nodes, in order; delete them when handled
  std::vector<protocol::BrokerId> brokers;
};

base::Status notify_log_dir_event(Session& session, protocol::BrokerId broker_id);
// Arms the child watch if there is a handler. Unreadable notifications count as empty.
base::Result<LogDirEvents> read_log_dir_events(Session& session);
base::Status delete_log_dir_events(Session& session, const Fence& fence,
                                   const std::vector<std::string>& names);

}  // namespace odradek::zk
