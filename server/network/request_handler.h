// RequestHandler: what the network layer asks of the one who understands requests.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/messages/header.h"
#include "server/network/request.h"

namespace odradek::network {

// Called by handler threads and, where may_run_inline() allowed it, by network threads; so from
// many threads at once.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // Answers the request now or keeps it and answers later, from any thread.
  virtual void handle(std::unique_ptr<Request> request) = 0;

  // Whether this request may come in at all on this listener. A refused one closes the connection
  // before handle(). ApiVersions is asked for its key only: any version of it goes on to handle().
  virtual bool accepts(std::int16_t api_key, std::int16_t version,
                       const ConnectionFacts& connection) const = 0;

  // Whether handle() of this request is sure not to wait for disk, ZooKeeper or long locks, so
  // that it may run on the network thread while the request queue is empty.
  virtual bool may_run_inline(const protocol::RequestHeader& header) const = 0;
};

}  // namespace odradek::network
