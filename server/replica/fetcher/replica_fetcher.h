// ReplicaFetcher: a thread that copies partitions from one leader broker: truncates what the leader
// does not have, then fetches and appends for ever.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread.h"
#include "server/replica/fetcher/fetcher_session.h"
#include "server/replica/fetcher/leader_endpoint.h"
#include "server/replica/fetcher/truncation.h"
#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"
#include "server/replica/replication_throttle.h"

namespace odradek::replica {

// Broker settings, by their configuration keys.
struct FetcherOptions {
  std::int32_t threads_per_leader = 1;         // num.replica.fetchers
  std::int64_t backoff_ms = 1000;              // replica.fetch.backoff.ms
  std::int32_t max_bytes = 10 << 20;           // replica.fetch.response.max.bytes
  std::int32_t partition_max_bytes = 1 << 20;  // replica.fetch.max.bytes
  std::int32_t min_bytes = 1;                  // replica.fetch.min.bytes
  std::int32_t max_wait_ms = 500;              // replica.fetch.wait.max.ms
  std::int64_t socket_timeout_ms = 30'000;     // replica.socket.timeout.ms
  std::string listener;                        // the inter-broker one
  FetcherVersions versions;
};

// What all fetchers share.
struct FetcherContext {
  ReplicaSet& replicas;
  PartitionWaits& waits;
  const metadata::MetadataCache& metadata;
  client::ConnectionFactory& connections;
  const base::Clock& clock;
  const std::atomic<std::int64_t>& broker_epoch;
  ReplicationThrottle& throttle;
  FetcherOptions options;
};

// Where a fetcher is with one partition.
struct FetchState {
  LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  Offset offset = 0;
  bool is_truncating = false;  // before it may fetch
  LeaderEpoch last_fetched_epoch = protocol::kNoLeaderEpoch;
  bool is_caught_up = false;     // had all that is committed when it was answered last
  std::int64_t retry_at_ms = 0;  // monotonic; left alone until then

  // Whether an answer to what was asked with these is still of use: the role may have changed
  // since.
  bool awaits(LeaderEpoch asked_epoch, Offset asked_offset) const {
    return !is_truncating && leader_epoch == asked_epoch && offset == asked_offset;
  }
};

// The thread works without a lock on what it copied out of the table; a partition that was taken
// away or got a new epoch meanwhile is told by its epoch, here and in Partition.
class ReplicaFetcher {
 public:
  // The partition cannot be copied until the controller says more.
  using SetAside = std::function<void(const TopicPartition& partition, const base::Error& why)>;

  ReplicaFetcher(BrokerId leader, std::int32_t index, const FetcherContext& context,
                 SetAside set_aside);
  ~ReplicaFetcher();  // stop(), and waits for the thread

  void start();
  // Returns at once; the thread ends soon after.
  void stop() EXCLUDES(mutex_);
  bool is_finished() const { return finished_.load(); }

  // From the log as it is; the same epoch again changes nothing.
  void put(const TopicPartition& partition, LeaderEpoch leader_epoch, const log::Log& log)
      EXCLUDES(mutex_);
  void remove(const TopicPartition& partition) EXCLUDES(mutex_);
  std::size_t size() const EXCLUDES(mutex_);

 private:
  using States = std::map<TopicPartition, FetchState>;
  struct Answered {
    const WantedPartition* asked = nullptr;
    protocol::FetchResponse::Partition* answer = nullptr;
  };

  void run() EXCLUDES(mutex_);
  // Those that wait for nothing, in this phase.
  States ready(bool is_truncating) const EXCLUDES(mutex_);
  void rest() EXCLUDES(mutex_);
  bool is_stopping() const EXCLUDES(mutex_);

  void truncate() EXCLUDES(mutex_);
  void truncate_by_epochs(const std::map<TopicPartition, AskedEpoch>& asked) EXCLUDES(mutex_);
  void truncate_by_answer(const TopicPartition& partition, const FetchState& state,
                          const log::EpochEndOffset& leader_end) EXCLUDES(mutex_);
  void cut(const TopicPartition& partition, const FetchState& state, const Truncation& truncation)
      EXCLUDES(mutex_);

  void fetch() EXCLUDES(mutex_);
  // Whether it is left out for now, so as to stay within the throttle.
  bool is_held_back(const TopicPartition& partition, const FetchState& state) const;
  std::vector<WantedPartition> wanted(const States& ready) EXCLUDES(mutex_);
  void take_over(protocol::FetchResponse& response) EXCLUDES(mutex_);
  void take_over(const Answered& answered, const FetchState& state) EXCLUDES(mutex_);
  void append(const Answered& answered, FetchState state) EXCLUDES(mutex_);
  // Until what flush.messages wants on disk is there; all of an answer at once.
  void await_flushes() EXCLUDES(mutex_);
  void refused(const Answered& answered, const FetchState& state) EXCLUDES(mutex_);
  void fenced(const TopicPartition& partition, LeaderEpoch asked) EXCLUDES(mutex_);
  // The log does not meet the leader's: from its end, or all anew from its start.
  void reposition(const TopicPartition& partition, const FetchState& state) EXCLUDES(mutex_);
  base::Result<Offset> find_position(const TopicPartition& partition, const FetchState& state,
                                     Partition& replica);

  std::optional<FetchState> state_of(const TopicPartition& partition) const EXCLUDES(mutex_);
  // Unless the partition was taken away or got another epoch meanwhile.
  void update(const TopicPartition& partition, const FetchState& state) EXCLUDES(mutex_);
  void delay(const TopicPartition& partition) EXCLUDES(mutex_);  // replica.fetch.backoff.ms
  void delay(const TopicPartition& partition, std::int64_t delay_ms) EXCLUDES(mutex_);
  void delay_all() EXCLUDES(mutex_);
  void failed(const TopicPartition& partition, const FetchState& state, const base::Error& error)
      EXCLUDES(mutex_);
  void note_unreachable(const std::string& reason);
  LeaderEpoch last_epoch(const log::Log& log) const;

  const BrokerId leader_;
  const std::string name_;
  const FetcherContext& context_;
  const FetcherOptions& options_;
  const SetAside set_aside_;
  LeaderEndpoint endpoint_;
  FetcherSession session_;  // the thread's, and so are the next three
  bool is_unreachable_ = false;
  std::set<TopicPartition> out_of_range_;
  std::vector<PartitionPtr> to_flush_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  States states_ GUARDED_BY(mutex_);
  std::atomic<bool> finished_{false};
  base::Thread thread_;
};

}  // namespace odradek::replica
