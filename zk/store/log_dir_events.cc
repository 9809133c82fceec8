#include "zk/store/log_dir_events.h"

#include <utility>

#include "base/log.h"
#include "zk/data/log_dir_event.h"
#include "zk/data/paths.h"
#include "zk/store/change_nodes.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Status notify_log_dir_event(Session& session, protocol::BrokerId broker_id) {
  return create_change_node(session, paths::log_dir_event(), encode_log_dir_event(broker_id));
}

base::Result<LogDirEvents> read_log_dir_events(Session& session) {
  auto nodes = read_change_nodes(session, paths::kLogDirEvents, paths::kLogDirEventPrefix);
  if (!nodes) return nodes.error();
  LogDirEvents events;
  for (ChangeNode& node : *nodes) {
    auto broker = decode_log_dir_event(node.payload);
    if (broker) {
      events.brokers.push_back(*broker);
    } else {
      LOG(WARNING) << node.name << " counts as empty: " << broker.error().message;
    }
    events.names.push_back(std::move(node.name));
  }
  return events;
}

base::Status delete_log_dir_events(Session& session, const Fence& fence,
                                   const std::vector<std::string>& names) {
  return delete_children_fenced(session, fence, paths::kLogDirEvents, names);
}

}  // namespace odradek::zk
