#include "server/network/wrong_protocol.h"

#include <array>

#include "base/bytes.h"

namespace odradek::network {
namespace {

constexpr std::uint8_t kTlsHandshake = 0x16;
constexpr std::uint8_t kTlsMajorVersion = 0x03;

bool is_http(std::span<const std::uint8_t> first) {
  static constexpr std::array<std::string_view, 10> kWords = {
      "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "};
  if (first.size() < 4) return false;
  const std::string_view word = base::as_text(first.first(4));
  for (std::string_view known : kWords) {
    if (word == known) return true;
  }
  return false;
}

}  // namespace

std::string_view protocol_on_plaintext_port(std::span<const std::uint8_t> first) {
  if (is_http(first)) return "an HTTP request came to a Kafka port";
  if (first.size() >= 2 && first[0] == kTlsHandshake && first[1] == kTlsMajorVersion) {
    return "a TLS client came to a plaintext port (its security.protocol should be PLAINTEXT)";
  }
  return {};
}

std::string_view protocol_on_tls_port(std::span<const std::uint8_t> first) {
  if (first.empty() || first[0] == kTlsHandshake) return {};
  if (is_http(first)) return "an HTTP request came to a TLS Kafka port";
  // The length of a frame below 16 MiB.
  if (first[0] == 0) {
    return "a plaintext Kafka client came to a TLS port (its security.protocol should be SSL)";
  }
  return "the first bytes on a TLS port are no TLS handshake";
}

}  // namespace odradek::network
