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
  epochs_.clear();
  for (const std::string& line : *lines) {
    auto entry = parse_line(line);
    if (!entry) return base::Error(path_ + ": malformed line \"" + line + "\"");
    epochs_.assign(*entry);
  }
  return {};
}

base::Status EpochCache::assign(protocol::LeaderEpoch epoch, protocol::Offset start_offset) {
  base::MutexLock lock(mutex_);
  bool changed = epoch >= 0 && start_offset >= 0 && epochs_.assign({epoch, start_offset});
  return changed || unwritten_ || has_failed_ ? write_locked() : base::Status();
}

void EpochCache::assign_unwritten(protocol::LeaderEpoch epoch, protocol::Offset start_offset) {
  if (epoch < 0 || start_offset < 0) return;
  base::MutexLock lock(mutex_);
  epochs_.assign({epoch, start_offset});
}

base::Status EpochCache::truncate_from_end(protocol::Offset end_offset) {
  base::MutexLock lock(mutex_);
  bool changed = epochs_.truncate_from_end(end_offset);
  return changed || has_failed_ ? write_locked() : base::Status();
}

void EpochCache::truncate_unwritten(protocol::Offset end_offset) {
  base::MutexLock lock(mutex_);
  unwritten_ |= epochs_.truncate_from_end(end_offset);
}

base::Status EpochCache::truncate_from_start(protocol::Offset start_offset) {
  base::MutexLock lock(mutex_);
  bool changed = epochs_.truncate_from_start(start_offset);
  return changed || has_failed_ ? write_locked() : base::Status();
}

base::Status EpochCache::clear() {
  base::MutexLock lock(mutex_);
  if (epochs_.entries().empty() && !unwritten_ && !has_failed_) return {};
  epochs_.clear();
  return write_locked();
}

base::Status EpochCache::write() {
  base::MutexLock lock(mutex_);
  return write_locked();
}

base::Status EpochCache::write_locked() {
  std::vector<std::string> lines;
  lines.reserve(epochs_.entries().size());
  for (const EpochEntry& entry : epochs_.entries()) {
    lines.push_back(std::to_string(entry.epoch) + " " + std::to_string(entry.start_offset));
  }
  base::Status written = write_checkpoint_lines_unsynced(path_, lines);
  has_failed_ = !written.ok();
  if (written.ok()) unwritten_ = false;
  return written;
}

void EpochCache::moved(std::string path) {
  base::MutexLock lock(mutex_);
  path_ = std::move(path);
}

std::optional<protocol::LeaderEpoch> EpochCache::latest_epoch() const {
  base::MutexLock lock(mutex_);
  return epochs_.latest_epoch();
}

std::optional<EpochEntry> EpochCache::earliest_entry() const {
  base::MutexLock lock(mutex_);
  if (epochs_.entries().empty()) return std::nullopt;
  return epochs_.entries().front();
}

EpochEndOffset EpochCache::end_offset_for(protocol::LeaderEpoch epoch,
                                          protocol::Offset log_end_offset) const {
  base::MutexLock lock(mutex_);
  return epochs_.end_offset_for(epoch, log_end_offset);
}

std::optional<protocol::LeaderEpoch> EpochCache::epoch_for_offset(protocol::Offset offset) const {
  base::MutexLock lock(mutex_);
  return epochs_.epoch_for_offset(offset);
}

std::vector<EpochEntry> EpochCache::entries() const {
  base::MutexLock lock(mutex_);
  return epochs_.entries();
}

}  // namespace odradek::log
