// GroupOffsets: what one group has committed, what is on its way into the log, and what waits for
// the end of a transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/types.h"

namespace odradek::group {

struct CommittedOffset {
  protocol::Offset offset = -1;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  std::string metadata;
  std::int64_t commit_time_ms = 0;
  std::optional<std::int64_t> expire_time_ms;  // of clients that say it themselves

  bool operator==(const CommittedOffset&) const = default;
};

struct OffsetToCommit {
  protocol::TopicPartition partition;
  CommittedOffset committed;
};

// Names one commit while it is on its way.
using CommitToken = std::uint64_t;

// Not thread-safe: whoever holds the group's lock owns it. Of two commits the one whose record
// stands further on in the log counts, whatever order they are told in.
class GroupOffsets {
 public:
  const CommittedOffset* find(const protocol::TopicPartition& partition) const;
  std::vector<OffsetToCommit> all() const;
  // Committed, on its way or waiting for a transaction: a group with any is kept.
  bool has_any() const;
  std::size_t size() const { return committed_.size(); }
  bool is_on_its_way(const protocol::TopicPartition& partition) const;
  // Also true of what a transaction that is still open has committed.
  bool is_unstable(const protocol::TopicPartition& partition) const;

  CommitToken begin(const std::vector<OffsetToCommit>& offsets);
  // The log has them from `first_record_offset` on. What was removed meanwhile stays so.
  void complete(CommitToken token, const std::vector<OffsetToCommit>& offsets,
                protocol::Offset first_record_offset);
  void fail(CommitToken token, const std::vector<OffsetToCommit>& offsets);

  // As the log tells it.
  void put(const protocol::TopicPartition& partition, CommittedOffset committed,
           protocol::Offset record_offset);
  void put_in_transaction(std::int64_t producer_id, const protocol::TopicPartition& partition,
                          CommittedOffset committed, protocol::Offset record_offset);
  void remove_in_transaction(std::int64_t producer_id, const protocol::TopicPartition& partition);
  void end_transaction(std::int64_t producer_id, bool is_committed);
  void remove_committed(const protocol::TopicPartition& partition) { committed_.erase(partition); }

  // The committed one and all that is under way. False when none was committed.
  bool remove(const protocol::TopicPartition& partition);

 private:
  struct Stored {
    CommittedOffset committed;
    protocol::Offset record_offset = -1;
  };
  using StoredOffsets = std::map<protocol::TopicPartition, Stored>;

  void put_if_newer(const protocol::TopicPartition& partition, Stored stored);

  StoredOffsets committed_;
  std::map<protocol::TopicPartition, std::set<CommitToken>> on_their_way_;
  std::map<std::int64_t, StoredOffsets> in_transactions_;  // by producer id
  CommitToken last_token_ = 0;
};

}  // namespace odradek::group
