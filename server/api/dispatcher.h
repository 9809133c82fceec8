// Dispatcher: hands each request to the handler of its API.
#pragma once

#include <memory>

#include "server/api/services.h"
#include "server/network/request_handler.h"

namespace odradek::api {

class Dispatcher : public network::RequestHandler {
 public:
  explicit Dispatcher(Services& services) : services_(services) {}

  void handle(std::unique_ptr<network::Request> request) override;
  bool accepts(std::int16_t api_key, std::int16_t version,
               const network::ConnectionFacts& connection) const override;
  bool may_run_inline(const protocol::RequestHeader& header) const override;

 private:
  Services& services_;
};

}  // namespace odradek::api
