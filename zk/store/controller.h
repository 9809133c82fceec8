// ControllerStore: who is controller, under which epoch, and the election (zookeeper.md §2.1).
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/controller.h"
#include "zk/store/fence.h"

namespace odradek::zk {

struct ControllerNode {
  ControllerData data;
  std::int32_t zk_version = 0;
};

struct ControllerEpoch {
  std::int32_t epoch = 0;
  std::int32_t zk_version = 0;
};

// Safe from any thread.
class ControllerStore {
 public:
  explicit ControllerStore(Session& session) : session_(session) {}

  // Arms the watch of /controller if a handler is registered (also when the node is missing: that
  // takes a second request).
  base::Result<std::optional<ControllerNode>> read();
  base::Result<std::optional<ControllerEpoch>> read_epoch();

  // Tries to make `broker_id` controller: raises the epoch and creates /controller in one step.
  // nullopt: somebody else is, or was faster. `payload_version` 2, or 1 below 3.4.
  base::Result<std::optional<Fence>> elect(protocol::BrokerId broker_id,
                                           std::int32_t payload_version = 2);

  // Deletes /controller if we still are the controller of `fence`.
  base::Status resign(const Fence& fence);

 private:
  base::Result<ControllerEpoch> read_or_create_epoch();

  Session& session_;
};

}  // namespace odradek::zk
