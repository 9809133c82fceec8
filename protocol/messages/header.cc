#include "protocol/messages/header.h"

#include <algorithm>

#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/messages/apis.h"
#include "protocol/wire/reader.h"

namespace odradek::protocol {
namespace {

constexpr std::size_t kLengthBytes = 4;
// A frame's length is a signed 32-bit number.
constexpr std::size_t kMaxFrameBytes = 0x7fffffff;

void write_length(Writer& writer, std::size_t frame_bytes) {
  CHECK(frame_bytes <= kMaxFrameBytes) << "A message of " << frame_bytes << " bytes has no frame.";
  writer.int32(static_cast<std::int32_t>(frame_bytes));
}

}  // namespace

std::int16_t request_header_version(const Api& api, std::int16_t version) {
  if (api.key == ApiKey::kControlledShutdown && version == 0) return 0;
  return api.is_flexible(version) ? 2 : 1;
}

// A client that asks for ApiVersions knows nothing yet, so the answer's header never changes.
std::int16_t response_header_version(const Api& api, std::int16_t version) {
  if (api.key == ApiKey::kApiVersions) return 0;
  return api.is_flexible(version) ? 1 : 0;
}

base::Result<DecodedHeader> decode_request_header(std::span<std::uint8_t> frame) {
  Reader start(frame);
  std::int16_t key = start.int16();
  std::int16_t version = start.int16();
  if (!start.ok()) {
    return base::Error(ErrorCode::kInvalidRequest,
                       "A frame of " + std::to_string(frame.size()) + " bytes has no header.");
  }
  const Api* api = find_api(key);
  if (api == nullptr) {
    return base::Error(ErrorCode::kInvalidRequest,
                       "No API has the key " + std::to_string(key) + ".");
  }
  std::int16_t header_version = request_header_version(*api, std::min(version, api->max));
  std::size_t used = 0;
  base::Result<RequestHeader> header = Codec<RequestHeader>::decode(frame, header_version, &used);
  if (!header) {
    base::Error error = header.error();
    error.message =
        std::string(api->name) + " version " + std::to_string(version) + ": " + error.message;
    return error;
  }
  // Upstream makes no difference either between no client id and an empty one.
  if (!header->client_id.has_value()) header->client_id = "";
  return DecodedHeader{std::move(*header), used};
}

Writer start_response(const Api& api, std::int16_t version, std::int32_t correlation_id,
                      Measure body) {
  ResponseHeader header{.correlation_id = correlation_id};
  std::int16_t header_version = response_header_version(api, version);
  std::size_t header_bytes = Codec<ResponseHeader>::size(header, header_version);
  Writer writer(kLengthBytes + header_bytes + body.own());
  write_length(writer, header_bytes + body.total);
  Codec<ResponseHeader>::encode(header, header_version, writer);
  return writer;
}

Writer start_request(const Api& api, std::int16_t version, std::int32_t correlation_id,
                     std::string_view client_id, Measure body) {
  RequestHeader header{.api_key = static_cast<std::int16_t>(api.key),
                       .api_version = version,
                       .correlation_id = correlation_id,
                       .client_id = std::string(client_id)};
  std::int16_t header_version = request_header_version(api, version);
  std::size_t header_bytes = Codec<RequestHeader>::size(header, header_version);
  Writer writer(kLengthBytes + header_bytes + body.own());
  write_length(writer, header_bytes + body.total);
  Codec<RequestHeader>::encode(header, header_version, writer);
  return writer;
}

base::Result<std::span<std::uint8_t>> response_body(const Api& api, std::int16_t version,
                                                    std::span<std::uint8_t> frame,
                                                    std::optional<std::int32_t> correlation_id) {
  std::size_t used = 0;
  base::Result<ResponseHeader> header =
      Codec<ResponseHeader>::decode(frame, response_header_version(api, version), &used);
  if (!header) return header.error();
  std::int32_t found = header->correlation_id;
  if (correlation_id.has_value() && found != *correlation_id) {
    return base::Error(ErrorCode::kInvalidRequest,
                       "An answer to " + std::string(api.name) + " has the correlation id " +
                           std::to_string(found) + " where " + std::to_string(*correlation_id) +
                           " was expected.");
  }
  return frame.subspan(used);
}

}  // namespace odradek::protocol
