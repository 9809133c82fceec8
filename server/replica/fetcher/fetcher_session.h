// FetcherSession: a follower's side of a fetch session, so that only what changed is asked again
// (KIP-227).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/uuid.h"
#include "protocol/messages/fetch.h"
#include "protocol/types.h"

namespace odradek::replica {

// What a follower asks of one partition.
struct WantedPartition {
  protocol::TopicPartition partition;
  base::Uuid topic_id;
  protocol::Offset offset = 0;
  protocol::Offset log_start_offset = -1;
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;
  protocol::LeaderEpoch last_fetched_epoch = protocol::kNoLeaderEpoch;

  bool operator==(const WantedPartition&) const = default;
};

// One thread's. Each next() is followed by answered() or failed().
class FetcherSession {
 public:
  explicit FetcherSession(std::int32_t partition_max_bytes)
      : partition_max_bytes_(partition_max_bytes) {}

  // The session part of a request for exactly these partitions; nothing when there is nothing to
  // ask or to forget. `with_topic_ids` as the request's version has it: when that changes, a new
  // session begins.
  std::optional<protocol::FetchRequest> next(const std::vector<WantedPartition>& wanted,
                                             bool with_topic_ids);
  // False when the answer is not one to these partitions; then the next request begins anew.
  bool answered(const protocol::FetchResponse& response);
  void failed() { begin_anew(id_); }

  // What was asked of a partition last; null when it is not in the session.
  const WantedPartition* find(const protocol::TopicPartition& partition) const;
  // By its id where the answer has one.
  std::string name_of(const protocol::FetchResponse::Topic& topic) const;
  bool is_incremental() const { return epoch_ > 0; }

 private:
  using Known = std::map<protocol::TopicPartition, WantedPartition>;

  void begin_anew(std::int32_t id);
  void add(protocol::FetchRequest& request, const WantedPartition& wanted) const;
  void forget(protocol::FetchRequest& request, const WantedPartition& known) const;
  bool lists_only_known(const protocol::FetchResponse& response, std::size_t& listed) const;

  const std::int32_t partition_max_bytes_;
  std::int32_t id_ = 0;
  std::int32_t epoch_ = 0;  // of the next request
  bool with_topic_ids_ = false;
  Known known_;
  std::unordered_map<base::Uuid, std::string> names_;
};

}  // namespace odradek::replica
