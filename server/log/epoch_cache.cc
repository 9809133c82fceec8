#include "server/log/epoch_cache.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/log/checkpoint_file.h"

namespace odradek::log {

namespace {

// "<epoch> <start offset>", neither negative.
std::optional<EpochEntry> parse_line(const std::string& line) {
  EpochEntry entry;
  const char* end = line.data() + line.size();
  auto epoch = std::from_chars(line.data(), end, entry.epoch);
  if (epoch.ec != std::errc() || epoch.ptr == end || *epoch.ptr != ' ') return std::nullopt;
  auto offset = std::from_chars(epoch.ptr + 1, end, entry.start_offset);
  if (offset.ec != std::errc() || offset.ptr != end) return std::nullopt;
  if (entry.epoch < 0 || entry.start_offset < 0) return std::nullopt;
  return entry;
}

}  // namespace

base::Status EpochCache::load() {
  base::MutexLock lock(mutex_);
  auto lines = read_checkpoint_lines(path_);
  if (!lines.ok()) return lines.error();
  entries_.clear();
  for (const std::string& line : *lines) {
    auto entry = parse_line(line);
    if (!entry) return base::Error(path_ + ": malformed line \"" + line + "\"");
    insert(*entry);
  }
  return {};
}

bool EpochCache::insert(const EpochEntry& entry) {
  if (!entries_.empty()) {
    const EpochEntry& latest = entries_.back();
    if (entry == latest) return false;
    if (entry.epoch == latest.epoch && entry.start_offset >= latest.start_offset) return false;
  }
  std::erase_if(entries_, [&](const EpochEntry& old) {
    return old.epoch >= entry.epoch || old.start_offset >= entry.start_offset;
  });
  entries_.push_back(entry);
  return true;
}

base::Status EpochCache::assign(protocol::LeaderEpoch epoch, protocol::Offset start_offset) {
  if (epoch < 0 || start_offset < 0) return {};
  base::MutexLock lock(mutex_);
  if (!insert({epoch, start_offset})) return {};
  return write_locked();
}

void EpochCache::assign_unwritten(protocol::LeaderEpoch epoch, protocol::Offset start_offset) {
  if (epoch < 0 || start_offset < 0) return;
  base::MutexLock lock(mutex_);
  insert({epoch, start_offset});
}

base::Status EpochCache::truncate_from_end(protocol::Offset end_offset) {
  base::MutexLock lock(mutex_);
  auto dropped = std::erase_if(
      entries_, [&](const EpochEntry& entry) { return entry.start_offset >= end_offset; });
  return dropped == 0 ? base::Status() : write_locked();
}

base::Status EpochCache::truncate_from_start(protocol::Offset start_offset) {
  base::MutexLock lock(mutex_);
  auto first_kept = std::find_if(entries_.rbegin(), entries_.rend(), [&](const EpochEntry& entry) {
    return entry.start_offset <= start_offset;
  });
  if (first_kept == entries_.rend()) return {};
  auto first = std::prev(first_kept.base());
  if (first == entries_.begin() && first->start_offset == start_offset) return {};
  entries_.erase(entries_.begin(), first);
  entries_.front().start_offset = std::max(entries_.front().start_offset, start_offset);
  return write_locked();
}

base::Status EpochCache::clear() {
  base::MutexLock lock(mutex_);
  if (entries_.empty()) return {};
  entries_.clear();
  return write_locked();
}

base::Status EpochCache::write() const {
  base::MutexLock lock(mutex_);
  return write_locked();
}

base::Status EpochCache::write_locked() const {
  std::vector<std::string> lines;
  lines.reserve(entries_.size());
  for (const EpochEntry& entry : entries_) {
    lines.push_back(std::to_string(entry.epoch) + " " + std::to_string(entry.start_offset));
  }
  return write_checkpoint_lines_unsynced(path_, lines);
}

void EpochCache::moved(std::string path) {
  base::MutexLock lock(mutex_);
  path_ = std::move(path);
}

std::optional<protocol::LeaderEpoch> EpochCache::latest_epoch() const {
  base::MutexLock lock(mutex_);
  if (entries_.empty()) return std::nullopt;
  return entries_.back().epoch;
}

std::optional<EpochEntry> EpochCache::earliest_entry() const {
  base::MutexLock lock(mutex_);
  if (entries_.empty()) return std::nullopt;
  return entries_.front();
}

EpochEndOffset EpochCache::end_offset_for(protocol::LeaderEpoch epoch,
                                          protocol::Offset log_end_offset) const {
  if (epoch < 0) return {};
  base::MutexLock lock(mutex_);
  if (entries_.empty() || epoch > entries_.back().epoch) return {};
  if (epoch == entries_.back().epoch) return {epoch, log_end_offset};
  auto higher = std::find_if(entries_.begin(), entries_.end(),
                             [&](const EpochEntry& entry) { return entry.epoch > epoch; });
  // Below the first one there is nothing left of that epoch: its end is where the log begins.
  if (higher == entries_.begin()) return {epoch, higher->start_offset};
  return {std::prev(higher)->epoch, higher->start_offset};
}

std::optional<protocol::LeaderEpoch> EpochCache::epoch_for_offset(protocol::Offset offset) const {
  base::MutexLock lock(mutex_);
  auto entry = std::find_if(entries_.rbegin(), entries_.rend(),
                            [&](const EpochEntry& e) { return e.start_offset <= offset; });
  if (entry == entries_.rend()) return std::nullopt;
  return entry->epoch;
}

std::vector<EpochEntry> EpochCache::entries() const {
  base::MutexLock lock(mutex_);
  return entries_;
}

}  // namespace odradek::log
