// The payload of /migration, which KRaft controllers write; a broker only shows it (zookeeper.md
// §1.19).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

struct MigrationData {
  std::int32_t kraft_controller_id = -1;
  std::int32_t kraft_controller_epoch = -1;
  std::int64_t kraft_metadata_offset = -1;
  std::int32_t kraft_metadata_epoch = -1;

  std::string encode() const;
  static base::Result<MigrationData> decode(std::string_view text);
  bool operator==(const MigrationData&) const = default;
};

}  // namespace odradek::zk
