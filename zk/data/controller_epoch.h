// The payload of /controller_epoch: a plain decimal (zookeeper.md §1.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

std::string encode_controller_epoch(std::int32_t epoch);
base::Result<std::int32_t> decode_controller_epoch(std::string_view text);

}  // namespace odradek::zk
