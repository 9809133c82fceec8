// OffsetStore: committed offsets, kept in ZooKeeper as the old consumers' decimal nodes, many
// commits per round trip.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/thread.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/group/types.h"
#include "zk/store/offsets.h"

namespace odradek::group {

struct CommittedOffset {
  protocol::Offset offset = -1;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::string metadata;
};

struct OffsetToCommit {
  protocol::TopicPartition partition;
  CommittedOffset committed;
};

// The decimal node /consumers/<group>/offsets/<topic>/<partition> is the truth; what a decimal
// cannot hold stands beside it in /consumers/<group>/offset_details, which old readers never list,
// and counts only while its offset is the one of the decimal. Safe from any thread.
class OffsetStore {
 public:
  using CommitCallback = std::function<void(std::vector<protocol::ErrorCode>)>;

  OffsetStore(zk::ConsumerOffsets& offsets, std::int64_t commit_timeout_ms,
              const base::Clock& clock, ScheduleAfter schedule);
  ~OffsetStore();  // stop()

  void start();
  // Commits that wait are answered COORDINATOR_NOT_AVAILABLE.
  void stop() EXCLUDES(mutex_);

  // One error per offset, in order, once ZooKeeper has them all; the callback runs on the store's
  // thread. Everything that is waiting when a round trip ends shares the next one. What ZooKeeper
  // does not have in time (offsets.commit.timeout.ms) is answered COORDINATOR_NOT_AVAILABLE on a
  // timer's thread, and is not written any more if it was still waiting: by then another broker
  // may coordinate the group.
  void commit(const std::string& group, std::vector<OffsetToCommit> offsets,
              CommitCallback callback) EXCLUDES(mutex_);

  // Reads ZooKeeper, so offsets that old clients wrote there are seen; blocks. In the order asked;
  // offset -1 where none is committed.
  base::Result<std::vector<CommittedOffset>> fetch(
      const std::string& group, const std::vector<protocol::TopicPartition>& partitions);
  base::Result<std::vector<OffsetToCommit>> fetch_all(const std::string& group);
  // Groups that have a node; blocks.
  base::Result<std::vector<std::string>> groups();

 private:
  struct Pending {
    std::string group;
    std::vector<OffsetToCommit> offsets;
    CommitCallback callback;
    std::int64_t deadline_ms = 0;  // monotonic
    std::atomic<bool> is_answered = false;

    void answer(std::vector<protocol::ErrorCode> errors);  // the first one counts
    void refuse(protocol::ErrorCode error);
  };
  using PendingPtr = std::shared_ptr<Pending>;
  // How many offsets one round trip takes at most.
  static constexpr std::size_t kMaxBatch = 2000;
  // Commits beyond this are refused (COORDINATOR_LOAD_IN_PROGRESS, retried by clients), so that a
  // dead ZooKeeper does not fill the memory.
  static constexpr std::size_t kMaxWaiting = 100'000;

  void run();
  std::vector<PendingPtr> take_batch() REQUIRES(mutex_);
  void write(const std::vector<PendingPtr>& batch);
  void schedule_check(std::int64_t delay_ms);
  void check_deadlines() EXCLUDES(mutex_);
  base::Status add_details(const std::string& group,
                           const std::vector<protocol::TopicPartition>& partitions,
                           std::vector<CommittedOffset>& offsets);

  zk::ConsumerOffsets& offsets_;
  const std::int64_t commit_timeout_ms_;
  const base::Clock& clock_;
  const ScheduleAfter schedule_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<PendingPtr> waiting_ GUARDED_BY(mutex_);
  std::size_t waiting_offsets_ GUARDED_BY(mutex_) = 0;
  std::deque<PendingPtr> by_deadline_ GUARDED_BY(mutex_);  // all that may be unanswered
  bool is_check_scheduled_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

// A group id as one element of a znode path: what ZooKeeper would read as structure is
// percent-encoded.
std::string path_element(const std::string& group);
std::string group_of_path_element(const std::string& element);

}  // namespace odradek::group
