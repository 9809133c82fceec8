// OffsetStore: committed offsets, kept in ZooKeeper as the old consumers' decimal nodes, many
// commits per round trip.
#pragma once

#include <cstdint>
#include <functional>
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

  OffsetStore(zk::ConsumerOffsets& offsets, const base::Clock& clock);
  ~OffsetStore();  // stop()

  void start();
  // Commits that wait are answered COORDINATOR_NOT_AVAILABLE.
  void stop() EXCLUDES(mutex_);

  // One error per offset, in order, once ZooKeeper has them all; the callback runs on the store's
  // thread. Everything that is waiting when a round trip ends shares the next one.
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
  };
  // How many offsets one round trip takes at most.
  static constexpr std::size_t kMaxBatch = 2000;
  // Commits beyond this are refused (COORDINATOR_LOAD_IN_PROGRESS, retried by clients), so that a
  // dead ZooKeeper does not fill the memory.
  static constexpr std::size_t kMaxWaiting = 100'000;

  void run();
  std::vector<Pending> take_batch() REQUIRES(mutex_);
  void write(std::vector<Pending> batch);
  base::Status add_details(const std::string& group,
                           const std::vector<protocol::TopicPartition>& partitions,
                           std::vector<CommittedOffset>& offsets);

  zk::ConsumerOffsets& offsets_;
  const base::Clock& clock_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Pending> waiting_ GUARDED_BY(mutex_);
  std::size_t waiting_offsets_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  base::Thread thread_;
};

// A group id as one element of a znode path: what ZooKeeper would read as structure is
// percent-encoded.
std::string path_element(const std::string& group);
std::string group_of_path_element(const std::string& element);

}  // namespace odradek::group
