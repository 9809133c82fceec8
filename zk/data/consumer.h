// The payloads below /consumers/<group>: ids, owners and offsets (zookeeper.md §5.2).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

// /consumers/<group>/ids/<consumer>.
struct ConsumerSubscription {
  std::string pattern = "static";  // or white_list, black_list: the one key is a regex then
  std::map<std::string, std::int32_t> subscription;  // topic -> streams
  std::int64_t timestamp_ms = 0;

  std::string encode() const;  // version 1
  // Version, pattern and timestamp may be absent.
  static base::Result<ConsumerSubscription> decode(std::string_view text);
  bool operator==(const ConsumerSubscription&) const = default;
};

// /consumers/<group>/owners/<topic>/<partition>: "<consumer>-<thread>".
std::string encode_owner(std::string_view consumer, std::int32_t thread);

// /consumers/<group>/offsets/<topic>/<partition>: plain decimal.
std::string encode_offset(std::int64_t offset);
base::Result<std::int64_t> decode_offset(std::string_view text);

}  // namespace odradek::zk
