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
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/thread.h"
#include "protocol/errors.h"
#include "protocol/types.h"
#include "server/group/group_offsets.h"
#include "server/group/types.h"
#include "zk/store/offsets.h"

namespace odradek::group {

// What ZooKeeper has of one offset.
struct StoredCopy {
  CommittedOffset committed;  // the time is the node's own where nobody says a better one
  // Made by a broker of this kind, by the details beside it, and so that the log had it before.
  bool is_ours = false;
  bool in_log = false;
  // Somebody else's decimal stands in the place of this copy of ours.
  std::optional<CommittedOffset> replaces;
};

// How a commit is written.
enum class CommitKind : std::uint8_t {
  kAlone,    // ZooKeeper is the only place that has it
  kCopy,     // the log has it already
  kDecimal,  // of an old consumer, which gives no details
};

// What a removal takes.
enum class RemovalKind : std::uint8_t {
  kOurs,       // what an old client wrote since stays
  kAnybodys,   // whoever wrote it
  kWholeGroup  // of anybody, in every partition
};

// The decimal node /consumers/<group>/offsets/<topic>/<partition> is the truth; what a decimal
// cannot hold stands beside it in /consumers/<group>/offset_details, which old readers never list,
// and counts until somebody else moves the decimal. Where the log has the offsets too
// this is a copy for who reads ZooKeeper. Safe from any thread.
class OffsetStore {
 public:
  using CommitCallback = std::function<void(std::vector<protocol::ErrorCode>)>;
  using Copies = std::vector<std::optional<StoredCopy>>;

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
  // may coordinate the group. What is refused at once is answered by the value alone, without the
  // callback: COORDINATOR_LOAD_IN_PROGRESS while too much waits, COORDINATOR_NOT_AVAILABLE when
  // stopped.
  protocol::ErrorCode try_commit(const std::string& group, std::vector<OffsetToCommit> offsets,
                                 CommitKind kind, CommitCallback callback) EXCLUDES(mutex_);
  // The same, and the callback hears of refusals too, on the caller's thread.
  void commit(const std::string& group, const std::vector<OffsetToCommit>& offsets, CommitKind kind,
              const CommitCallback& callback);
  // In order with the commits. One error per offset named, of which only the partition counts.
  protocol::ErrorCode try_remove(const std::string& group, std::vector<OffsetToCommit> offsets,
                                 RemovalKind kind, CommitCallback callback) EXCLUDES(mutex_);

  // Reads ZooKeeper, so offsets that old clients wrote there are seen; blocks. In the order asked;
  // nothing where none is committed.
  base::Result<Copies> fetch(const std::string& group,
                             const std::vector<protocol::TopicPartition>& partitions);
  base::Result<std::vector<std::pair<protocol::TopicPartition, StoredCopy>>> fetch_all(
      const std::string& group);
  // Groups that have a node; blocks.
  base::Result<std::vector<std::string>> groups();

 private:
  struct Pending {
    std::string group;
    std::vector<OffsetToCommit> offsets;
    std::variant<CommitKind, RemovalKind> kind;
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
  protocol::ErrorCode enqueue(const std::string& group, std::vector<OffsetToCommit> offsets,
                              std::variant<CommitKind, RemovalKind> kind, CommitCallback callback)
      EXCLUDES(mutex_);
  std::vector<PendingPtr> take_batch() REQUIRES(mutex_);
  void write(const std::vector<PendingPtr>& batch);
  void remove(Pending& removal);
  base::Status remove_from_zookeeper(const Pending& removal);
  void schedule_check(std::int64_t delay_ms);
  void check_deadlines() EXCLUDES(mutex_);
  base::Result<Copies> with_details(const std::string& group,
                                    const std::vector<protocol::TopicPartition>& partitions,
                                    const std::vector<std::optional<zk::StoredOffset>>& decimals);

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
