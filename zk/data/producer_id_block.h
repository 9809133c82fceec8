// The payload of /latest_producer_id_block: the last block given out (zookeeper.md §1.15).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::zk {

struct ProducerIdBlock {
  static constexpr std::int64_t kSize = 1000;

  protocol::BrokerId broker_id = protocol::kNoBroker;  // who got it
  std::int64_t first = 0;
  std::int64_t last = 0;  // inclusive

  std::string encode() const;
  static base::Result<ProducerIdBlock> decode(std::string_view text);
  bool operator==(const ProducerIdBlock&) const = default;
};

}  // namespace odradek::zk
