// Fence: what lets only the living controller write (zookeeper.md §0.4).
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"

namespace odradek::zk {

struct Fence {
  std::int32_t controller_epoch = 0;
  std::int32_t epoch_zk_version = 0;  // data version of /controller_epoch after our election

  bool operator==(const Fence&) const = default;
};

// One per op, in order.
struct FencedResult {
  Code code = Code::kOk;
  Stat stat;            // of a SetData that was applied
  bool resent = false;  // as in Response
};

// Each op succeeds or fails on its own, all under the check of the controller's epoch: many ops
// share a multi, and a multi that one of its ops makes fail is done again op by op. Everything is
// pipelined. Fails as a whole only when the controller has moved (ops after that were not applied),
// or the session ended.
base::Result<std::vector<FencedResult>> execute_fenced(Session& session, const Fence& fence,
                                                       std::vector<Op> ops);

// Whether the error says that another controller has been elected (STALE_CONTROLLER_EPOCH).
bool is_controller_moved(const base::Error& error);

}  // namespace odradek::zk
