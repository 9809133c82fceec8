// LogDirectory: the names in a partition's directory, put in order before its segments are loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/log_context.h"

namespace odradek::log {

// "<topic>-<partition>" to its parts; nothing for "-delete", "-future", "-stray" and other names.
std::optional<protocol::TopicPartition> parse_log_directory_name(const std::string& name);
// The number before the first dot of "00000000000000000042.log"; nothing for other names.
std::optional<protocol::Offset> offset_of_file_name(const std::string& name);

struct LogDirectory {
  std::vector<protocol::Offset> segments;   // ascending
  std::vector<protocol::Offset> snapshots;  // of producers, ascending
  std::set<std::string> names;              // what is there now
};

// Removes what a crash left half done (.deleted, .cleaned, .tmp, indexes without log) and takes
// over compacted segments whose swap had begun (.swap). Makes the directory when it is missing.
base::Result<LogDirectory> tidy_log_directory(const std::string& directory, FileCache& files);

}  // namespace odradek::log
