#include "server/network/request_gate.h"

#include <string>
#include <utility>

#include "protocol/messages/apis.h"
#include "protocol/messages/header.h"

namespace odradek::network {
namespace {

bool is_key(std::int16_t key, protocol::ApiKey wanted) {
  return key == static_cast<std::int16_t>(wanted);
}

std::string api_name(std::int16_t key) {
  const protocol::Api* api = protocol::find_api(key);
  return api == nullptr ? "API key " + std::to_string(key) : std::string(api->name);
}

}  // namespace

base::Status RequestGate::admit(Request& request) const {
  const ConnectionContext& context = *request.context();
  if (context.stage() == AuthenticationStage::kRawTokens) {
    protocol::DecodedHeader token;
    token.header.api_key = static_cast<std::int16_t>(protocol::ApiKey::kSaslAuthenticate);
    token.header.api_version = -1;
    request.set_header(std::move(token));
    return {};
  }
  base::Result<protocol::DecodedHeader> decoded =
      protocol::decode_request_header(request.frame()->bytes());
  if (!decoded) return base::Error("a request header does not parse: " + decoded.error().message);
  request.set_header(std::move(*decoded));
  const std::int16_t key = request.header().api_key;
  const std::int16_t version = request.header().api_version;
  // A client learns from the answer to an ApiVersions that we do not know what else we speak.
  const std::int16_t asked = is_key(key, protocol::ApiKey::kApiVersions) ? 0 : version;
  if (asked < 0 || !handler_.accepts(key, asked, context.facts())) {
    return base::Error("version " + std::to_string(version) + " of " + api_name(key) +
                       " is not served on this listener");
  }
  return check_authentication(request);
}

base::Status RequestGate::check_authentication(const Request& request) const {
  const ConnectionContext& context = *request.context();
  const std::int16_t key = request.header().api_key;
  const bool is_handshake = is_key(key, protocol::ApiKey::kSaslHandshake);
  const bool is_token = is_key(key, protocol::ApiKey::kSaslAuthenticate);
  switch (context.stage()) {
    case AuthenticationStage::kStart:
      if (is_handshake || is_key(key, protocol::ApiKey::kApiVersions)) return {};
      return base::Error("illegal SASL state: " + api_name(key) + " came before SaslHandshake");
    case AuthenticationStage::kRawTokens:
      return {};
    case AuthenticationStage::kExchange:
      if (is_token) return {};
      return base::Error("illegal SASL state: " + api_name(key) +
                         " came in the midst of authentication");
    case AuthenticationStage::kAuthenticated:
      break;
  }
  const std::int64_t expires_ms = context.session_expires_ms();
  const bool is_over = expires_ms != 0 && clock_.monotonic_ms() > expires_ms;
  if (!is_over || is_handshake || is_token || is_key(key, protocol::ApiKey::kApiVersions)) {
    return {};
  }
  return base::Error("its SASL session has expired and the client did not authenticate again");
}

}  // namespace odradek::network
