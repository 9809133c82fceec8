// RequestGate: decides whether a frame is a request that its connection may send now.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "server/network/request.h"
#include "server/network/request_handler.h"

namespace odradek::network {

// Safe from any thread.
class RequestGate {
 public:
  RequestGate(const RequestHandler& handler, const base::Clock& clock)
      : handler_(handler), clock_(clock) {}

  // Reads the header into the request. The error says why the connection must be closed.
  base::Status admit(Request& request) const;

 private:
  base::Status check_authentication(const Request& request) const;

  const RequestHandler& handler_;
  const base::Clock& clock_;
};

}  // namespace odradek::network
