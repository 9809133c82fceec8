// OffsetMirror: keeps the offsets in ZooKeeper as those that the log has, for everybody who reads
// them there (offsets.storage=both), and lists the groups that ZooKeeper alone knows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/scheduler.h"
#include "server/group/group_table.h"
#include "server/group/offset_store.h"

namespace odradek::group {

// Whether what ZooKeeper has counts, and not what the log has: it does when somebody wrote it there
// later and nowhere else. A copy of ours never does: the log is where it came from.
bool zookeeper_counts(const CommittedOffset* in_log, const StoredCopy& copy);

// What ZooKeeper alone has.
struct OffsetToAdopt {
  protocol::TopicPartition partition;
  CommittedOffset committed;
  CommittedOffset in_log;  // what it was compared with; offset -1: nothing
};

// Safe from any thread. What ZooKeeper could not take is owed, and written as the groups then have
// it once ZooKeeper takes it; an owed offset that is not committed any more is removed.
class OffsetMirror {
 public:
  using Adopt = std::function<void(const std::string& group, const std::vector<OffsetToAdopt>&)>;

  OffsetMirror(OffsetStorage storage, GroupTable& table, OffsetStore& store,
               base::Scheduler& scheduler, std::function<bool()> is_connected);

  bool is_connected() const { return is_connected_(); }

  // Call with the group's lock, so that ZooKeeper gets the commits in the order of the log. False
  // when ZooKeeper cannot have them now: they are owed then. Else `done` runs on another thread, in
  // time, once ZooKeeper has them or they are owed.
  bool copy(const std::string& group, std::vector<OffsetToCommit> offsets,
            std::function<void()> done) EXCLUDES(mutex_);
  void owe(const std::string& group, const std::vector<protocol::TopicPartition>& partitions)
      EXCLUDES(mutex_);
  // Another broker coordinates the group, and owes what there is to owe.
  void forget(const std::string& group) EXCLUDES(mutex_);

  // The groups of the partition came from the log just now. In the background, as ZooKeeper allows:
  // what brokers of this kind stored in ZooKeeper alone is given to `adopt`; where the log says
  // more than ZooKeeper, ZooKeeper learns it.
  void loaded(std::int32_t partition, const Adopt& adopt);

 private:
  using Partitions = std::set<protocol::TopicPartition>;
  static constexpr std::int64_t kRetryMs = 1000;

  void compare(std::int32_t partition, const Adopt& adopt) EXCLUDES(mutex_);
  base::Status compare_group(const std::string& group, const Adopt& adopt);
  void schedule_catch_up(std::int64_t delay_ms);
  void catch_up() EXCLUDES(mutex_);
  void settle(const std::string& group, const Partitions& partitions);
  std::function<void(std::vector<ErrorCode>)> owing_what_fails(
      const std::string& group, const std::vector<OffsetToCommit>& offsets);

  const OffsetStorage storage_;
  GroupTable& table_;
  OffsetStore& store_;
  base::Scheduler& scheduler_;
  const std::function<bool()> is_connected_;
  base::Mutex mutex_;
  std::map<std::string, Partitions> owed_ GUARDED_BY(mutex_);  // by group
  bool is_scheduled_ GUARDED_BY(mutex_) = false;
};

}  // namespace odradek::group
