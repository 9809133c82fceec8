#include "server/log/log_table.h"

namespace odradek::log {

LogPtr LogTable::find(const protocol::TopicPartition& partition) const {
  auto found = logs_.find(partition);
  return found == logs_.end() ? nullptr : found->second;
}

LogPtr LogTable::add(const LogPtr& log) {
  auto [place, added] = logs_.try_emplace(log->partition(), log);
  if (!added) return place->second;
  ++counts_[&log->dir()];
  return nullptr;
}

LogPtr LogTable::remove(const protocol::TopicPartition& partition) {
  auto found = logs_.find(partition);
  if (found == logs_.end()) return nullptr;
  LogPtr log = std::move(found->second);
  logs_.erase(found);
  --counts_[&log->dir()];
  return log;
}

std::vector<protocol::TopicPartition> LogTable::remove_in(const LogDir& dir) {
  std::vector<protocol::TopicPartition> removed;
  for (auto log = logs_.begin(); log != logs_.end();) {
    if (&log->second->dir() != &dir) {
      ++log;
      continue;
    }
    removed.push_back(log->first);
    log = logs_.erase(log);
  }
  counts_.erase(&dir);
  return removed;
}

std::size_t LogTable::count_in(const LogDir& dir) const {
  auto found = counts_.find(&dir);
  return found == counts_.end() ? 0 : found->second;
}

void LogTable::append_to(std::vector<LogPtr>& logs) const {
  for (const auto& [partition, log] : logs_) logs.push_back(log);
}

}  // namespace odradek::log
