// Every API we can decode, by key.
#pragma once

#include <cstdint>
#include <span>

#include "protocol/wire/api.h"

namespace odradek::protocol {

// In key order.
std::span<const Api> all_apis();

// Null for a key that a ZooKeeper-mode broker does not know.
const Api* find_api(std::int16_t key);

}  // namespace odradek::protocol
