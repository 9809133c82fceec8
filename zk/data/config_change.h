// The payload of /config/changes/config_change_N: which entity changed (zookeeper.md §1.9).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

// `entity_path`: "topics/orders", "users/alice/clients/c1".
std::string encode_config_change(std::string_view entity_path);
// Versions 1 and 2; returns the entity path. The bare string of 0.8 is an error, as upstream.
base::Result<std::string> decode_config_change(std::string_view text);

}  // namespace odradek::zk
