// The request and response headers, and whole frames made of header and body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "protocol/wire/api.h"
#include "protocol/wire/codec.h"
#include "protocol/wire/payload.h"
#include "protocol/wire/writer.h"

namespace odradek::protocol {

struct RequestHeader {
  static constexpr Api kApi{.name = "RequestHeader", .min = 0, .max = 2, .flexible = 2};

  std::int16_t api_key = 0;
  std::int16_t api_version = 0;
  std::int32_t correlation_id = 0;
  std::optional<std::string> client_id{""};  // null counts as empty

  static void describe(auto& field, auto& m) {
    field("request_api_key", m.api_key);
    field("request_api_version", m.api_version);
    field("correlation_id", m.correlation_id);
    // Old-style even in flexible headers: a broker must be able to read it before it knows more.
    field("client_id", m.client_id, {.since = 1, .nullable = 1, .classic = true});
  }
};
extern template struct Codec<RequestHeader>;

struct ResponseHeader {
  static constexpr Api kApi{.name = "ResponseHeader", .min = 0, .max = 1, .flexible = 1};

  std::int32_t correlation_id = 0;

  static void describe(auto& field, auto& m) { field("correlation_id", m.correlation_id); }
};
extern template struct Codec<ResponseHeader>;

struct DecodedHeader {
  RequestHeader header;
  std::size_t body_offset = 0;  // where in the frame the body starts
};

// Reads the header of a frame (without its length). An API key that we do not know is an error,
// because the header's own version follows from it; an unknown version is not, so that ApiVersions
// can still be answered: the header is then read as that of our highest version.
base::Result<DecodedHeader> decode_request_header(std::span<std::uint8_t> frame);

std::int16_t request_header_version(const Api& api, std::int16_t version);
std::int16_t response_header_version(const Api& api, std::int16_t version);

// Parts of the templates below that need no type.
Writer start_response(const Api& api, std::int16_t version, std::int32_t correlation_id,
                      Measure body);
Writer start_request(const Api& api, std::int16_t version, std::int32_t correlation_id,
                     std::string_view client_id, Measure body);
// The body behind a response header; an error when the header is cut short or, where one is
// expected, carries another correlation id.
base::Result<std::span<std::uint8_t>> response_body(const Api& api, std::int16_t version,
                                                    std::span<std::uint8_t> frame,
                                                    std::optional<std::int32_t> correlation_id);

// Less than what a frame's length, a signed 32-bit number, can say, by more than any answer's
// header.
constexpr std::size_t kMaxAnswerBytes = 0x7fffffff - 1024;

// The whole answer, length included; empty where a frame cannot be that long.
template <class M>
Payload encode_response(const M& message, std::int16_t version, std::int32_t correlation_id) {
  const Measure body = Codec<M>::measure(message, version);
  if (body.total > kMaxAnswerBytes) return {};
  Writer writer = start_response(M::kApi, version, correlation_id, body);
  Codec<M>::encode(message, version, writer);
  return std::move(writer).finish();
}

// The whole request, length included.
template <class M>
Payload encode_request(const M& message, std::int16_t version, std::int32_t correlation_id,
                       std::string_view client_id) {
  Writer writer = start_request(M::kApi, version, correlation_id, client_id,
                                Codec<M>::measure(message, version));
  Codec<M>::encode(message, version, writer);
  return std::move(writer).finish();
}

// An answer of a frame (without its length), header included.
template <class M>
base::Result<M> decode_response(std::span<std::uint8_t> frame, std::int16_t version,
                                std::optional<std::int32_t> correlation_id = std::nullopt) {
  base::Result<std::span<std::uint8_t>> body =
      response_body(M::kApi, version, frame, correlation_id);
  if (!body) return body.error();
  return Codec<M>::decode(*body, version);
}

}  // namespace odradek::protocol
