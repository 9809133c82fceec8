#include <map>
#include <utility>

#include "base/log.h"
#include "protocol/messages/apis.h"
#include "protocol/messages/header.h"
#include "tests/fuzz/message_checks.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

using protocol::RequestHeader;

const std::map<std::int16_t, MessageType>& request_types() {
  static const auto kTypes = [] {
    std::map<std::int16_t, MessageType> types;
    for (MessageType& type : message_types_ending("RequestData")) {
      types.emplace(static_cast<std::int16_t>(type.api.key), std::move(type));
    }
    return types;
  }();
  return kTypes;
}

void check_header(const protocol::Api& api, const RequestHeader& header) {
  std::int16_t version =
      protocol::request_header_version(api, std::min(header.api_version, api.max));
  base::Bytes encoded = protocol::Codec<RequestHeader>::encode(header, version).flatten();
  auto again = protocol::decode_request_header(encoded);
  CHECK(again.ok()) << again.error().message;
  CHECK_EQ(again->body_offset, encoded.size());
  CHECK_EQ(again->header.correlation_id, header.correlation_id);
  CHECK(again->header.client_id == header.client_id);
}

// The frame without its length, as the network hands it over.
void run(base::ByteView input) {
  base::Bytes frame(input.begin(), input.end());
  auto decoded = protocol::decode_request_header(frame);
  if (!decoded) return;
  CHECK_LE(decoded->body_offset, frame.size());
  const protocol::Api* api = protocol::find_api(decoded->header.api_key);
  CHECK(api != nullptr);
  check_header(*api, decoded->header);
  auto type = request_types().find(decoded->header.api_key);
  CHECK(type != request_types().end()) << api->name << " has no message";
  check_message(type->second, input.subspan(decoded->body_offset), decoded->header.api_version);
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  for (const auto& [key, type] : request_types()) {
    for (std::int16_t version : notable_versions(type.api)) {
      RequestHeader header{.api_key = key, .api_version = version, .correlation_id = 77};
      header.client_id = "client";
      base::Bytes frame = protocol::Codec<RequestHeader>::encode(
                              header, protocol::request_header_version(type.api, version))
                              .flatten();
      append(frame, type.invent(random, version));
      seeds.push_back(std::move(frame));
    }
  }
  return seeds;
}

}  // namespace

const Target requests_target{"requests", run, seeds};

}  // namespace odradek::fuzz
