// wrong_protocol: names what speaks on a port where something else was expected.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace odradek::network {

// From the first bytes of a connection (four or more) that are no Kafka frame; a sentence for the
// log, empty when they tell nothing.
std::string_view protocol_on_plaintext_port(std::span<const std::uint8_t> first);
// From the first bytes (one or more) on a TLS port; empty when they may be TLS.
std::string_view protocol_on_tls_port(std::span<const std::uint8_t> first);

}  // namespace odradek::network
