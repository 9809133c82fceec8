// Fetchers: the threads that copy what this broker follows, num.replica.fetchers for each leader.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "server/replica/fetcher/replica_fetcher.h"

namespace odradek::replica {

// Which of a leader's threads copies a partition: the same as the JVM broker's.
std::int32_t fetcher_index(const TopicPartition& partition, std::int32_t threads_per_leader);

// Safe from any thread.
class Fetchers {
 public:
  explicit Fetchers(FetcherContext context)
      : context_(std::move(context)), threads_per_leader_(context_.options.threads_per_leader) {}
  ~Fetchers();  // stop()

  // These partitions got another role, or none. What role that is they are asked themselves, so
  // that the order of calls does not matter.
  void update(const std::vector<TopicPartition>& partitions) EXCLUDES(mutex_);
  // num.replica.fetchers. All threads end before others begin, so that no partition is copied by
  // two. One call at a time.
  void resize(std::int32_t threads_per_leader) EXCLUDES(mutex_);
  // Ends all threads and waits for them.
  void stop() EXCLUDES(mutex_);

  // Partitions that wait for the controller after a failure, and how many threads there are.
  std::size_t failed_partitions() const EXCLUDES(mutex_);
  std::size_t threads() const EXCLUDES(mutex_);

 private:
  using Key = std::pair<BrokerId, std::int32_t>;  // leader and index
  using Threads = std::map<Key, std::unique_ptr<ReplicaFetcher>>;

  void update_one(const TopicPartition& partition) REQUIRES(mutex_);
  ReplicaFetcher& fetcher(const Key& key) REQUIRES(mutex_);
  void retire_idle() REQUIRES(mutex_);
  void set_aside(const TopicPartition& partition, const base::Error& why) EXCLUDES(mutex_);

  const FetcherContext context_;
  mutable base::Mutex mutex_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::int32_t threads_per_leader_ GUARDED_BY(mutex_);
  bool is_resizing_ GUARDED_BY(mutex_) = false;
  std::vector<TopicPartition> changed_meanwhile_ GUARDED_BY(mutex_);  // until resize() is through
  Threads fetchers_ GUARDED_BY(mutex_);
  std::map<TopicPartition, Key> places_ GUARDED_BY(mutex_);  // of what is copied
  std::set<TopicPartition> failed_ GUARDED_BY(mutex_);
  // Stopped ones, whose threads may take a moment to end.
  std::vector<std::unique_ptr<ReplicaFetcher>> retired_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
