#include "server/log/log_directory.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/file.h"
#include "base/log.h"
#include "base/uuid.h"
#include "server/log/batch_walker.h"
#include "server/log/segment.h"

namespace odradek::log {

namespace {

struct Swap {
  protocol::Offset base_offset = 0;
  protocol::Offset next_offset = 0;
};

bool is_index_name(const std::string& name) {
  return name.ends_with(kIndexSuffix) || name.ends_with(kTimeIndexSuffix) ||
         name.ends_with(kTransactionIndexSuffix);
}

// The state while names are removed and renamed one after another.
class Tidier {
 public:
  Tidier(const std::string& directory, FileCache& files) : directory_(directory), files_(files) {}

  base::Result<LogDirectory> run();

 private:
  base::Status remove_leftovers();
  base::Status take_over_swaps();
  base::Status remove_indexes_without_log();
  base::Status remove(const std::string& name);
  base::Result<Swap> measure(const std::string& name);
  std::vector<std::string> names_with(const char* suffix) const;
  std::vector<protocol::Offset> offsets_of(const char* suffix) const;

  const std::string& directory_;
  FileCache& files_;
  LogDirectory result_;
};

base::Status Tidier::remove(const std::string& name) {
  LOG(INFO) << directory_ << ": removing left-over file " << name;
  result_.names.erase(name);
  return base::remove_file(directory_ + "/" + name);
}

std::vector<protocol::Offset> Tidier::offsets_of(const char* suffix) const {
  std::vector<protocol::Offset> offsets;
  for (const std::string& name : names_with(suffix)) {
    if (auto offset = offset_of_file_name(name)) offsets.push_back(*offset);
  }
  std::sort(offsets.begin(), offsets.end());
  return offsets;
}

std::vector<std::string> Tidier::names_with(const char* suffix) const {
  std::vector<std::string> found;
  for (const std::string& name : result_.names) {
    if (name.ends_with(suffix)) found.push_back(name);
  }
  return found;
}

base::Status Tidier::remove_leftovers() {
  protocol::Offset lowest_cleaned = std::numeric_limits<protocol::Offset>::max();
  for (const std::string& name : names_with(kCleanedSuffix)) {
    lowest_cleaned = std::min(lowest_cleaned, offset_of_file_name(name).value_or(lowest_cleaned));
  }
  std::vector<std::string> doomed = names_with(kDeletedSuffix);
  // A swap behind a file still being cleaned belongs to a split that was not finished.
  for (const std::string& name : names_with(kSwapSuffix)) {
    if (offset_of_file_name(name).value_or(lowest_cleaned) >= lowest_cleaned) {
      doomed.push_back(name);
    }
  }
  for (const char* suffix : {kCleanedSuffix, ".tmp"}) {
    for (std::string& name : names_with(suffix)) doomed.push_back(std::move(name));
  }
  for (const std::string& name : doomed) {
    base::Status removed = remove(name);
    if (!removed.ok()) return removed;
  }
  return {};
}

base::Result<Swap> Tidier::measure(const std::string& name) {
  protocol::Offset base_offset = offset_of_file_name(name).value_or(0);
  CachedFile file(files_, directory_ + "/" + name);
  auto size = file.size_bytes();
  if (!size.ok()) return size.error();
  BatchWalker walker(file, 0, *size);
  Swap swap{base_offset, base_offset};
  for (;;) {
    auto header = walker.next();
    if (!header.ok()) return header.error();
    if (!header->has_value()) return swap;
    swap.next_offset = (*header)->last_offset + 1;
  }
}

base::Status Tidier::take_over_swaps() {
  const std::string log_swap = std::string(kLogSuffix) + kSwapSuffix;
  std::vector<std::string> swaps = names_with(kSwapSuffix);
  protocol::Offset first = std::numeric_limits<protocol::Offset>::max();
  protocol::Offset end = std::numeric_limits<protocol::Offset>::min();
  for (const std::string& name : swaps) {
    if (!name.ends_with(log_swap)) continue;
    auto swap = measure(name);
    if (!swap.ok()) return swap.error();
    first = std::min(first, swap->base_offset);
    // Also one that holds nothing has its own name.
    end = std::max({end, swap->next_offset, swap->base_offset + 1});
  }
  // What was compacted.
  for (const std::string& name : std::vector<std::string>(names_with(""))) {
    auto offset = offset_of_file_name(name);
    bool replaced = offset && *offset >= first && *offset < end && !name.ends_with(kSwapSuffix) &&
                    !name.ends_with(kSnapshotSuffix);
    if (!replaced) continue;
    base::Status removed = remove(name);
    if (!removed.ok()) return removed;
  }
  // What it became, the log first; its indexes were on disk before it had this suffix.
  std::stable_partition(swaps.begin(), swaps.end(),
                        [&](const std::string& name) { return name.ends_with(log_swap); });
  for (const std::string& name : swaps) {
    std::string final_name = name.substr(0, name.size() - std::string(kSwapSuffix).size());
    LOG(INFO) << directory_ << ": taking over " << name << " from an interrupted compaction";
    base::Status renamed =
        base::rename_path(directory_ + "/" + name, directory_ + "/" + final_name);
    if (!renamed.ok()) return renamed;
    result_.names.erase(name);
    result_.names.insert(final_name);
  }
  return {};
}

base::Status Tidier::remove_indexes_without_log() {
  for (const std::string& name : std::vector<std::string>(names_with("index"))) {
    auto offset = offset_of_file_name(name);
    if (!offset || !is_index_name(name)) continue;
    if (result_.names.contains(segment_file_name(*offset, kLogSuffix))) continue;
    base::Status removed = remove(name);
    if (!removed.ok()) return removed;
  }
  return {};
}

base::Result<LogDirectory> Tidier::run() {
  auto entries = base::list_directory(directory_);
  if (!entries.ok()) {
    base::Status made = base::create_directories(directory_);
    if (!made.ok()) return made.error();
    entries = base::list_directory(directory_);
    if (!entries.ok()) return entries.error();
  }
  for (const base::DirectoryEntry& entry : *entries) {
    if (entry.type == base::FileType::kFile) result_.names.insert(entry.name);
  }
  base::Status done = remove_leftovers();
  if (!done.ok()) return done.error();
  done = take_over_swaps();
  if (!done.ok()) return done.error();
  done = remove_indexes_without_log();
  if (!done.ok()) return done.error();
  result_.segments = offsets_of(kLogSuffix);
  result_.snapshots = offsets_of(kSnapshotSuffix);
  return std::move(result_);
}

}  // namespace

std::optional<protocol::TopicPartition> parse_log_directory_name(const std::string& name) {
  std::size_t dash = name.rfind('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == name.size()) return std::nullopt;
  std::int32_t partition = -1;
  const char* end = name.data() + name.size();
  auto parsed = std::from_chars(name.data() + dash + 1, end, partition);
  if (parsed.ec != std::errc() || parsed.ptr != end || partition < 0) return std::nullopt;
  return protocol::TopicPartition{name.substr(0, dash), partition};
}

std::optional<protocol::TopicPartition> parse_future_directory_name(const std::string& name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || !name.ends_with(kFutureSuffix)) return std::nullopt;
  return parse_log_directory_name(name.substr(0, dot));
}

std::string unique_directory_name(const protocol::TopicPartition& partition,
                                  const std::string& suffix) {
  std::string name = partition.to_string() + ".";
  for (std::uint8_t byte : base::Uuid::random(false).bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    name += kDigits[byte >> 4];
    name += kDigits[byte & 15];
  }
  return name + suffix;
}

std::optional<protocol::Offset> offset_of_file_name(const std::string& name) {
  std::size_t dot = name.find('.');
  if (dot == std::string::npos || dot == 0) return std::nullopt;
  protocol::Offset offset = -1;
  auto parsed = std::from_chars(name.data(), name.data() + dot, offset);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + dot || offset < 0) {
    return std::nullopt;
  }
  return offset;
}

base::Result<LogDirectory> tidy_log_directory(const std::string& directory, FileCache& files) {
  return Tidier(directory, files).run();
}

}  // namespace odradek::log
