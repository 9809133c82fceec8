// The payload of /config/<type>/<entity>: its overrides, all as text (zookeeper.md §1.8).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

using ConfigMap = std::map<std::string, std::string>;

std::string encode_config(const ConfigMap& config);
// Empty text, a document that is no object and one without "config" mean no overrides.
base::Result<ConfigMap> decode_config(std::string_view text);

}  // namespace odradek::zk
