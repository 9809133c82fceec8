// ApiVersions (key 18): what this broker serves, straight from the table of handlers.
#include <algorithm>
#include <utility>

#include "server/api/api_table.h"
#include "server/api/apis.h"

namespace odradek::api {
namespace {

constexpr std::int16_t kFirstVersionWithSoftware = 3;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Letters, digits, '-' and '.', beginning and ending with one of the first two (KIP-511).
bool is_legal_software(const std::string& text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

}  // namespace

void api_versions(Services&, RequestContext context, protocol::ApiVersionsRequest request) {
  protocol::ApiVersionsResponse response;
  if (context.version() >= kFirstVersionWithSoftware) {
    if (!is_legal_software(request.client_software_name) ||
        !is_legal_software(request.client_software_version)) {
      response.error_code = ErrorCode::kInvalidRequest;
      return context.reply(response);
    }
    context.connection().set_software(
        {std::move(request.client_software_name), std::move(request.client_software_version)});
  }
  for (const ApiRow& row : api_table()) {
    response.api_keys.push_back({static_cast<std::int16_t>(row.api.key), row.api.min, row.api.max});
  }
  context.reply(response);
}

}  // namespace odradek::api
