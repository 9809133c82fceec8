// Checkpoint files: the small text files, version 0, in which a broker remembers offsets.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"

namespace odradek::log {

inline constexpr const char* kRecoveryPointCheckpoint = "recovery-point-offset-checkpoint";
inline constexpr const char* kLogStartOffsetCheckpoint = "log-start-offset-checkpoint";
inline constexpr const char* kHighWatermarkCheckpoint = "replication-offset-checkpoint";
inline constexpr const char* kCleanerOffsetCheckpoint = "cleaner-offset-checkpoint";
inline constexpr const char* kLeaderEpochCheckpoint = "leader-epoch-checkpoint";

// "0\n<count>\n<line>\n…", replaced as a whole: written beside, synced, renamed, directory synced.
// A missing file reads as no lines; an empty or malformed one is an error that names the file and
// the line.
base::Result<std::vector<std::string>> read_checkpoint_lines(const std::string& path);
base::Status write_checkpoint_lines(const std::string& path, const std::vector<std::string>& lines);

// As write_checkpoint_lines() without waiting for the disk, for what the log can tell again after a
// power loss: thousands are written while partitions are made.
base::Status write_checkpoint_lines_unsynced(const std::string& path,
                                             const std::vector<std::string>& lines);
// Replaces the file as a whole; after a power loss it may be empty.
base::Status replace_file_unsynced(const std::string& path, std::string_view content);

// Lines "<topic> <partition> <offset>".
using OffsetCheckpoint = std::map<protocol::TopicPartition, protocol::Offset>;
base::Result<OffsetCheckpoint> read_offset_checkpoint(const std::string& path);
base::Status write_offset_checkpoint(const std::string& path, const OffsetCheckpoint& offsets);

}  // namespace odradek::log
