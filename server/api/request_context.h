// RequestContext: one request on its way through a handler, and the one answer it gets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "protocol/messages/header.h"
#include "server/network/request.h"

namespace odradek::api {

// Moved into whatever completes the answer later. Dropped unanswered it closes the connection.
class RequestContext {
 public:
  explicit RequestContext(std::unique_ptr<network::Request> request)
      : request_(std::move(request)) {}

  std::int16_t version() const { return request_->header().api_version; }
  const std::string& client_id() const { return request_->client_id(); }
  network::ConnectionContext& connection() const { return *request_->context(); }
  const std::string& listener() const { return connection().listener(); }
  const network::Request& request() const { return *request_; }

  template <class Response>
  void reply(const Response& response) {
    reply_as_version(response, version());
  }
  // In another version than asked: only ApiVersions does that.
  template <class Response>
  void reply_as_version(const Response& response, std::int16_t version) {
    protocol::Payload payload =
        protocol::encode_response(response, version, request_->header().correlation_id);
    if (payload.size_bytes() == 0) {
      return close(std::string(Response::kApi.name) + ": its answer would be longer than 2 GiB");
    }
    request_->respond(std::move(payload));
  }
  void reply_nothing() { request_->respond_nothing(); }
  void close(std::string reason) { request_->close_connection(std::move(reason)); }

 private:
  std::unique_ptr<network::Request> request_;
};

// For completions, which std::function wants copyable.
using SharedContext = std::shared_ptr<RequestContext>;
inline SharedContext share(RequestContext context) {
  return std::make_shared<RequestContext>(std::move(context));
}

}  // namespace odradek::api
