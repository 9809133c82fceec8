// The payload of /controller: which broker is the controller (zookeeper.md §1.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

struct ControllerData {
  std::int32_t version = 2;  // 1 before 3.4; readers of both accept both
  protocol::BrokerId broker_id = protocol::kNoBroker;
  std::int64_t timestamp_ms = 0;
  std::int32_t kraft_controller_epoch = -1;  // > 0: a KRaft controller owns the cluster

  std::string encode() const;
  // Also takes the bare integer of very old brokers.
  static base::Result<ControllerData> decode(std::string_view text);
};

}  // namespace odradek::zk
