// FetchSessions: what consumers and followers fetch again and again, remembered so that only
// changes travel (KIP-227).
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/uuid.h"
#include "protocol/errors.h"
#include "protocol/types.h"

namespace odradek::replica {

constexpr std::int32_t kNoSession = 0;
constexpr std::int32_t kInitialEpoch = 0;  // full fetch, please open a session
constexpr std::int32_t kFinalEpoch = -1;   // full fetch without a session, closing the one named

// One partition of a session: what the client asked, and what it was told last.
struct SessionPartition {
  std::string topic;    // empty while the id is unknown to this broker
  base::Uuid topic_id;  // zero before version 13
  std::int32_t partition = 0;
  std::int64_t fetch_offset = 0;
  std::int32_t max_bytes = 0;
  std::int32_t current_leader_epoch = -1;
  std::int32_t last_fetched_epoch = -1;
  std::int64_t follower_log_start_offset = -1;
  std::int64_t told_high_watermark = -1;
  std::int64_t told_log_start_offset = -1;
};

// A session is used by one request at a time: its connection's. A second connection that uses the
// same id waits at the lock.
class FetchSession {
 public:
  FetchSession(std::int32_t id, bool is_follower, bool uses_topic_ids)
      : id_(id), is_follower_(is_follower), uses_topic_ids_(uses_topic_ids) {}

  std::int32_t id() const { return id_; }
  bool is_follower() const { return is_follower_; }
  bool uses_topic_ids() const { return uses_topic_ids_; }

  base::Mutex& mutex() RETURN_CAPABILITY(mutex_) { return mutex_; }
  std::int32_t next_epoch() const REQUIRES(mutex_) { return next_epoch_; }
  // From the largest number on to 1.
  void advance_epoch() REQUIRES(mutex_) {
    next_epoch_ = next_epoch_ == INT32_MAX ? 1 : next_epoch_ + 1;
  }

  // Adds the partition, or takes over what the client asks of it now.
  void put(SessionPartition partition) REQUIRES(mutex_);
  void forget(const SessionPartition& partition) REQUIRES(mutex_);
  std::vector<SessionPartition> partitions() const REQUIRES(mutex_);
  // Notes what the client is told of a partition; one that got data moves to the end, so that all
  // get their turn. True when an incremental answer must list the partition.
  bool tell(const SessionPartition& partition, bool has_data, bool has_more_to_say,
            std::int64_t high_watermark, std::int64_t log_start_offset) REQUIRES(mutex_);
  std::size_t size() const REQUIRES(mutex_) { return order_.size(); }

 private:
  static std::string key_of(const SessionPartition& partition);

  const std::int32_t id_;
  const bool is_follower_;
  const bool uses_topic_ids_;
  base::Mutex mutex_;
  std::int32_t next_epoch_ GUARDED_BY(mutex_) = 1;
  std::list<SessionPartition> order_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::list<SessionPartition>::iterator> index_ GUARDED_BY(mutex_);
};

using FetchSessionPtr = std::shared_ptr<FetchSession>;

// Bounded by slots, and by the partitions of all sessions together, as a session outlives its
// connection and a client may name as many as a request can hold. A session that was idle for two
// minutes makes room, a consumer's does for a follower's, and where slots are short a smaller one
// for a larger one; so no consumer pushes out a follower that fetches. Safe from any thread.
class FetchSessions {
 public:
  // A thousand partitions for each of the default's thousand slots. One takes 290 bytes where its
  // topic's name has 20 characters and 990 where that is as long as it may be, so that all together
  // take 300 MB, and a client that means harm makes it 1 GB.
  static constexpr std::size_t kMaxPartitions = 1'000'000;

  FetchSessions(std::size_t max_slots, const base::Clock& clock, base::Random random,
                std::size_t max_partitions = kMaxPartitions)
      : max_slots_(max_slots), max_partitions_(max_partitions), clock_(clock), random_(random) {}

  // A session that remembers these; null when there is no room.
  FetchSessionPtr open(bool is_follower, bool uses_topic_ids,
                       const std::vector<SessionPartition>& partitions) EXCLUDES(mutex_);
  // Adds to the session what is asked and takes from it what is forgotten. False when there is no
  // room for what it grew by: then it is closed.
  bool update(FetchSession& session, std::vector<SessionPartition> asked,
              const std::vector<SessionPartition>& forgotten) REQUIRES(session.mutex())
      EXCLUDES(mutex_);
  FetchSessionPtr find(std::int32_t id) EXCLUDES(mutex_);
  void close(std::int32_t id) EXCLUDES(mutex_);
  std::size_t size() const EXCLUDES(mutex_);

 private:
  static constexpr std::int64_t kEvictableAfterMs = 120'000;
  struct Slot {
    FetchSessionPtr session;
    std::int64_t last_used_ms = 0;
    std::size_t partitions = 0;
  };

  using Slots = std::unordered_map<std::int32_t, Slot>;

  FetchSessionPtr take_slot(bool is_follower, bool uses_topic_ids, std::size_t partitions)
      EXCLUDES(mutex_);
  bool resize(std::int32_t id, std::size_t partitions) EXCLUDES(mutex_);
  bool has_room_for(std::size_t partitions) const REQUIRES(mutex_);
  bool make_room(bool is_follower, std::size_t partitions) REQUIRES(mutex_);
  // False when no session has to give way to such a one.
  bool evict_for(bool is_follower, std::size_t partitions) REQUIRES(mutex_);
  void remove(Slots::iterator slot) REQUIRES(mutex_);

  const std::size_t max_slots_;
  const std::size_t max_partitions_;
  const base::Clock& clock_;
  mutable base::Mutex mutex_;
  base::Random random_ GUARDED_BY(mutex_);
  Slots slots_ GUARDED_BY(mutex_);
  std::size_t partitions_ GUARDED_BY(mutex_) = 0;  // of all slots
};

}  // namespace odradek::replica
