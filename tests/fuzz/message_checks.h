// What must hold for the bytes of any message, and well-formed ones to start from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "tests/wire/message_types.h"

namespace odradek::fuzz {

using protocol::testing::MessageType;

// Messages whose name, as upstream's classes are called, ends so.
std::vector<MessageType> message_types_ending(std::string_view ending);

// Decoding takes no more memory than the bytes allow; what is accepted prints as JSON, and encodes
// to bytes that are decoded to the same again.
void check_message(const MessageType& type, base::ByteView body, std::int16_t version);

// The versions of which a seed is kept: the oldest, the first flexible one and the newest.
std::vector<std::int16_t> notable_versions(const protocol::Api& api);

base::Bytes big_endian(std::int16_t value);
void append(base::Bytes& out, base::ByteView bytes);

}  // namespace odradek::fuzz
