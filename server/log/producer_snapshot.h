// Producer snapshots: the .snapshot files that save reading a whole log for its producers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/producer_states.h"

namespace odradek::log {

// "<offset as %020d>.snapshot", version 1: version int16, crc32c uint32 of what follows, entries.
std::string producer_snapshot_path(const std::string& directory, protocol::Offset offset);
base::Status write_producer_snapshot(const std::string& path,
                                     const std::vector<ProducerEntry>& entries);
// An error when the file is not what its checksum says.
base::Result<std::vector<ProducerEntry>> read_producer_snapshot(const std::string& path);

// Offsets of the snapshots in a directory, ascending.
base::Result<std::vector<protocol::Offset>> list_producer_snapshots(const std::string& directory);
base::Status remove_producer_snapshot(const std::string& directory, protocol::Offset offset);

}  // namespace odradek::log
