#include "server/api/dispatcher.h"

#include <utility>

#include "protocol/messages/api_versions.h"
#include "server/api/api_table.h"
#include "server/api/request_context.h"

namespace odradek::api {

bool Dispatcher::accepts(std::int16_t api_key, std::int16_t version,
                         const network::ConnectionFacts&) const {
  const ApiRow* row = find_row(api_key);
  if (row == nullptr) return false;
  return row->api.key == protocol::ApiKey::kApiVersions || row->api.knows(version);
}

bool Dispatcher::may_run_inline(const protocol::RequestHeader& header) const {
  const ApiRow* row = find_row(header.api_key);
  return row != nullptr && row->runs != Runs::kHandlerThread;
}

void Dispatcher::handle(std::unique_ptr<network::Request> request) {
  const ApiRow* row = find_row(request->header().api_key);
  std::int16_t version = request->header().api_version;
  if (row == nullptr) {
    request->close_connection("API key " + std::to_string(request->header().api_key) +
                              " is not served");
    return;
  }
  if (!row->api.knows(version)) {
    // A client newer than we are: told in version 0 what we speak, it asks again (KIP-511).
    protocol::ApiVersionsResponse response;
    response.error_code = protocol::ErrorCode::kUnsupportedVersion;
    response.api_keys.push_back(
        {static_cast<std::int16_t>(row->api.key), row->api.min, row->api.max});
    RequestContext(std::move(request)).reply_as_version(response, 0);
    return;
  }
  row->run(services_, std::move(request));
}

}  // namespace odradek::api
