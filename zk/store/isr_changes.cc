#include "zk/store/isr_changes.h"

#include <utility>

#include "base/log.h"
#include "zk/data/isr_change.h"
#include "zk/data/paths.h"
#include "zk/store/change_nodes.h"
#include "zk/store/nodes.h"

namespace odradek::zk {

base::Status notify_isr_change(Session& session,
                               const std::vector<protocol::TopicPartition>& partitions) {
  return create_change_node(session, paths::isr_change(), encode_isr_change(partitions));
}

base::Result<IsrChanges> read_isr_changes(Session& session) {
  auto nodes = read_change_nodes(session, paths::kIsrChanges, paths::kIsrChangePrefix);
  if (!nodes) return nodes.error();
  IsrChanges changes;
  for (ChangeNode& node : *nodes) {
    auto partitions = decode_isr_change(node.payload);
    if (partitions) {
      changes.partitions.insert(changes.partitions.end(), partitions->begin(), partitions->end());
    } else {
      LOG(WARNING) << node.name << " counts as empty: " << partitions.error().message;
    }
    changes.names.push_back(std::move(node.name));
  }
  return changes;
}

base::Status delete_isr_changes(Session& session, const Fence& fence,
                                const std::vector<std::string>& names) {
  return delete_children_fenced(session, fence, paths::kIsrChanges, names);
}

}  // namespace odradek::zk
