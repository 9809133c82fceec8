// ControlRequest: one encoded request of the controller to one broker, and where such requests go.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/wire/api.h"
#include "protocol/wire/payload.h"
#include "server/controller/leadership.h"

namespace odradek::controller {

// Cheap to copy: requests that differ only in the broker epoch share their bytes.
struct ControlRequest {
  protocol::Api api;
  std::int16_t version = 0;
  protocol::Payload body;
  std::vector<TopicPartition>
      deleted;  // of a StopReplica: what is to be deleted; its answer counts
};

// Takes requests in the order in which the broker is to see them; never blocks.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  virtual void send(BrokerId broker, ControlRequest request) = 0;
};

}  // namespace odradek::controller
