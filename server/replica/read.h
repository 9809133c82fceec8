// Reads: finds what a fetch request asks for in the partitions led here, and waits until there is
// enough of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/no_wait.h"
#include "server/log/read_ahead.h"
#include "server/replica/isr_updater.h"
#include "server/replica/partition_waits.h"
#include "server/replica/replica_set.h"
#include "server/replica/replication_throttle.h"

namespace odradek::replica {

struct ReadEntry {
  TopicPartition partition;
  ErrorCode known_error = ErrorCode::kNone;  // decided before: not authorised, unknown topic id
  Offset fetch_offset = 0;
  std::int32_t max_bytes = 0;
  LeaderEpoch current_leader_epoch = protocol::kNoLeaderEpoch;
  LeaderEpoch last_fetched_epoch = protocol::kNoLeaderEpoch;
  Offset follower_log_start_offset = -1;  // of a follower that tells it
};

struct ReadRequest {
  BrokerId replica_id = -1;         // of a follower; -1 for consumers
  std::int64_t replica_epoch = -1;  // of the follower's broker, -1: not told
  std::int32_t max_wait_ms = 0;
  std::int32_t min_bytes = 0;
  std::int32_t max_bytes = 0;
  bool hard_max_bytes = false;  // before version 3 no partition's first batch may exceed the limits
  bool read_committed = false;
  bool must_lead = true;  // false for consumers that know that followers may answer too
  // Where the consumer is, when it is to be sent to a replica there.
  std::optional<std::string> rack;
  bool tells_options = false;  // what the topic stores matters to who asks
  std::vector<ReadEntry> entries;
};

struct ReadOutcome {
  ErrorCode error = ErrorCode::kNone;
  Offset high_watermark = -1;
  Offset last_stable_offset = -1;
  Offset log_start_offset = -1;
  protocol::FileSlice slice;
  // Of those that reach into the slice; for readers of committed data alone.
  std::optional<std::vector<log::AbortedTransaction>> aborted;
  // Of the log, whatever the error; null when there is none here or nobody asked.
  std::shared_ptr<const log::LogOptions> options;
  // Where the follower's log parts from ours (KIP-595 truncation on fetch).
  std::optional<log::EpochEndOffset> diverging_epoch;
  BrokerId preferred_replica = protocol::kNoBroker;  // to read from instead; nothing was read
  log::OffsetMetadata position;                      // where the read begins on disk
  bool is_throttled = false;  // what is given counts against the leader's throttle
  bool behind_tail = false;   // so that the slice may have left the page cache
};

// One outcome per entry, in their order.
using ReadCallback = std::function<void(std::vector<ReadOutcome>)>;

// Safe from any thread.
class Reads {
 public:
  Reads(ReplicaSet& replicas, PartitionWaits& waits, IsrUpdater& isr_updater,
        log::ReadAhead& read_ahead, ReplicationThrottle& throttle)
      : replicas_(replicas),
        waits_(waits),
        isr_updater_(isr_updater),
        read_ahead_(read_ahead),
        throttle_(throttle) {}

  // Answers at once with enough bytes, an error, or max_wait_ms 0; else when that comes about.
  void fetch(ReadRequest request, ReadCallback callback);

  // Answers with whatever is there now.
  void read_and_answer(const ReadRequest& request, const ReadCallback& callback);
  // Whatever is there now, which may wait for a disk.
  std::vector<ReadOutcome> read_now(const ReadRequest& request);
  // Whether a follower gets nothing of a partition for now, so as to stay within the throttle.
  bool is_held_back(const Partition& partition, BrokerId follower) const;

 private:
  struct LookUp {
    std::vector<ReadOutcome> outcomes;
    std::vector<base::MissingBytes> missing;  // of headers and index entries; none: all was found
  };
  // As far as it goes without waiting for a disk.
  LookUp look_up(const ReadRequest& request);
  // The rest, on a thread that may wait.
  using Then = std::function<void(ReadRequest& request, std::vector<ReadOutcome> outcomes)>;
  void look_up_elsewhere(ReadRequest request, std::vector<base::MissingBytes> missing, Then then);
  std::vector<ReadOutcome> look_up_waiting(const ReadRequest& request,
                                           std::vector<base::MissingBytes> missing);
  // Answers when there is enough, or waits for it.
  void answer_or_wait(ReadRequest& request, std::vector<ReadOutcome> outcomes,
                      ReadCallback callback);
  // Calls back at once when the slices are in memory, else once they are.
  void answer(std::vector<ReadOutcome> outcomes, const ReadCallback& callback);

  ReadOutcome read_one(const ReadEntry& entry, const ReadRequest& request, std::int32_t max_bytes,
                       bool min_one_message);
  // What a follower asks for tells how far it is; it may complete others' waits.
  void note_follower(const ReadRequest& request);

  ReplicaSet& replicas_;
  PartitionWaits& waits_;
  IsrUpdater& isr_updater_;
  log::ReadAhead& read_ahead_;
  ReplicationThrottle& throttle_;
};

}  // namespace odradek::replica
