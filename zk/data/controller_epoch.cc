#include "zk/data/controller_epoch.h"

#include "base/text.h"

namespace odradek::zk {

std::string encode_controller_epoch(std::int32_t epoch) { return std::to_string(epoch); }

base::Result<std::int32_t> decode_controller_epoch(std::string_view text) {
  auto epoch = base::parse_int<std::int32_t>(text);
  if (!epoch)
    return base::Error("not a controller epoch: '" + std::string(text.substr(0, 40)) + "'");
  return *epoch;
}

}  // namespace odradek::zk
