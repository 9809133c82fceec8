// The partition.metadata file: which topic id a partition's directory belongs to.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/uuid.h"

namespace odradek::log {

inline constexpr const char* kPartitionMetadataFile = "partition.metadata";

// Nothing when the file is missing or holds the zero id; an error when it is malformed.
base::Result<std::optional<base::Uuid>> read_partition_metadata(const std::string& directory);
base::Status write_partition_metadata(const std::string& directory, const base::Uuid& topic_id);

}  // namespace odradek::log
