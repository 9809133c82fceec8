#include "server/log/log_dir_contents.h"

#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "server/log/clean_shutdown_file.h"
#include "server/log/log_directory.h"

namespace odradek::log {
namespace {

OffsetCheckpoint read_leniently(const std::string& path) {
  auto offsets = read_offset_checkpoint(path);
  if (offsets.ok()) return std::move(*offsets);
  LOG(WARNING) << "A checkpoint is ignored: " << offsets.error().message;
  return {};
}

void sort_in(const std::string& directory, const std::string& name, LogDirContents& contents) {
  if (name.starts_with("__cluster_metadata-")) return;  // KRaft's
  if (name.ends_with(kDeleteSuffix)) {
    contents.deleted.push_back(name);
  } else if (name.ends_with(kStraySuffix)) {
    LOG(WARNING) << directory << "/" << name
                 << " was put aside as a stray replica and is not served; delete it when nobody "
                    "misses it";
  } else if (parse_log_directory_name(name) || parse_future_directory_name(name)) {
    contents.logs.push_back(name);
  }
}

}  // namespace

base::Result<LogDirContents> take_contents(const std::string& directory) {
  LogDirContents contents;
  contents.clean = clean_shutdown_file_exists(directory);
  if (contents.clean) {
    contents.broker_epoch = read_clean_shutdown_broker_epoch(directory).value_or(-1);
  }
  // Even one that could not be seen: the next crash must not look like a clean stop.
  base::Status removed = remove_clean_shutdown_file(directory);
  if (!removed.ok()) return removed.error();
  contents.recovery_points = read_leniently(directory + "/" + kRecoveryPointCheckpoint);
  contents.start_offsets = read_leniently(directory + "/" + kLogStartOffsetCheckpoint);
  contents.cleaned_offsets = read_leniently(directory + "/" + kCleanerOffsetCheckpoint);
  auto entries = base::list_directory(directory);
  if (!entries.ok()) return entries.error();
  for (const base::DirectoryEntry& entry : *entries) {
    if (entry.type == base::FileType::kDirectory) sort_in(directory, entry.name, contents);
  }
  return contents;
}

}  // namespace odradek::log
