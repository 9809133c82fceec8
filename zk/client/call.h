// Call: one request on its way, with what is needed to send it again and to answer it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "zk/client/requests.h"

namespace odradek::zk {

class Handle;

// Memory that the C library writes a multi's results to.
class MultiBuffers {
 public:
  virtual ~MultiBuffers() = default;
};

struct Call {
  Request request;
  std::function<void(Response)> done;  // once; must neither block nor take locks held around send
  std::uint64_t sequence = 0;          // order of sending, kept when sent again
  std::int32_t losses = 0;             // times that the connection went while it was in flight
  bool watch = false;                  // decided at each sending
  Handle* handle = nullptr;            // that it is in flight on
  std::unique_ptr<MultiBuffers> buffers;
};

}  // namespace odradek::zk
