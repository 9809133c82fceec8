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

inline constexpr const char* kDeleteSuffix = "-delete";
inline constexpr const char* kFutureSuffix = "-future";
inline constexpr const char* kStraySuffix = "-stray";  // what a migration to KRaft put aside
inline constexpr std::size_t kMaxFileNameBytes = 255;

// "<topic>-<partition>" to its parts; nothing for "-delete", "-future", "-stray" and other names.
std::optional<protocol::TopicPartition> parse_log_directory_name(const std::string& name);
// "<topic>-<partition>.<32 digits>-future" to its parts; nothing for other names.
std::optional<protocol::TopicPartition> parse_future_directory_name(const std::string& name);
// "<topic>-<partition>.<32 digits><suffix>", other digits each time; may be too long for a file.
std::string unique_directory_name(const protocol::TopicPartition& partition,
                                  const std::string& suffix);
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
