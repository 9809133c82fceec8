// LogTable: logs by partition, counted by the directory that holds them.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "protocol/types.h"
#include "server/log/log.h"

namespace odradek::log {

// One thread at a time.
class LogTable {
 public:
  // Null when there is none.
  LogPtr find(const protocol::TopicPartition& partition) const;
  // Null, or the log of this partition that was there already and stays.
  LogPtr add(const LogPtr& log);
  // The log that was there, or null.
  LogPtr remove(const protocol::TopicPartition& partition);
  // Removes all that are in the directory; their partitions.
  std::vector<protocol::TopicPartition> remove_in(const LogDir& dir);

  std::size_t size() const { return logs_.size(); }
  std::size_t count_in(const LogDir& dir) const;
  void append_to(std::vector<LogPtr>& logs) const;

 private:
  std::unordered_map<protocol::TopicPartition, LogPtr> logs_;
  std::unordered_map<const LogDir*, std::size_t> counts_;
};

}  // namespace odradek::log
