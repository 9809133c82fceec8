// IsrUpdater: has changes of in-sync replicas written, many at a time, and tells their partitions
// what became of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/thread.h"
#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"

namespace odradek::replica {

// Who decides about in-sync replicas. The updater's thread alone calls it.
class IsrWriter {
 public:
  virtual ~IsrWriter() = default;
  // An answer per proposal, in their order; nothing where there was none, to be asked again. An
  // error says why nothing could be asked at all. May block for as long as a request takes.
  virtual base::Result<std::vector<std::optional<IsrAnswer>>> write(
      const std::vector<IsrProposal>& proposals) = 0;
  // From any thread: makes a call under way fail soon.
  virtual void close() = 0;
};

// One request is under way at a time, with all that is proposed by then; a failed one is repeated
// for ever, or until LeaderAndIsr makes it pointless. Safe from any thread.
class IsrUpdater {
 public:
  static constexpr std::int64_t kRetryMs = 50;

  IsrUpdater(ReplicaSet& replicas, PartitionWaits& waits, IsrWriter& writer)
      : replicas_(replicas), waits_(waits), writer_(writer) {}
  ~IsrUpdater();  // stop()

  void start();
  void stop() EXCLUDES(mutex_);

  // Never blocks. A later proposal for the same partition takes the place of an earlier one.
  void submit(IsrProposal proposal) EXCLUDES(mutex_);
  // Proposes to drop every follower here that is behind for too long.
  void shrink_all() EXCLUDES(mutex_);
  // Sends what is proposed, once; false when that is to be tried again later. The thread calls it,
  // and tests do.
  bool send() EXCLUDES(mutex_);

 private:
  void run() EXCLUDES(mutex_);
  bool wait_for_proposals() EXCLUDES(mutex_);  // false once it stops
  void pause() EXCLUDES(mutex_);
  std::vector<IsrProposal> take() EXCLUDES(mutex_);
  // False when the proposal is to be sent again.
  bool settle(const IsrProposal& proposal, const IsrAnswer& answer);
  void put_back(const IsrProposal& proposal) EXCLUDES(mutex_);
  void note_failure(const std::string& reason);

  ReplicaSet& replicas_;
  PartitionWaits& waits_;
  IsrWriter& writer_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::map<TopicPartition, IsrProposal> proposals_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::string last_failure_;  // the sender's
  base::Thread thread_;
};

}  // namespace odradek::replica
