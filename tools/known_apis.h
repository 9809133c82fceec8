// The APIs of 3.9's clients, by which kafka-broker-api-versions judges what a broker offers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/wire/api.h"

namespace odradek::tools {

// Those that a broker with ZooKeeper may offer, with the versions that these tools speak.
std::span<const protocol::Api> known_apis();

struct ApiName {
  std::int16_t key = 0;
  std::string_view name;
};
std::span<const ApiName> apis_of_kraft();

}  // namespace odradek::tools
