// ProducerStates: what one log remembers of each idempotent producer, to refuse gaps and repeats.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/batch_header.h"

namespace odradek::log {

struct ProducerBatch {
  std::int32_t last_sequence = -1;
  protocol::Offset last_offset = -1;
  std::int32_t offset_delta = 0;  // last offset - first offset
  std::int64_t timestamp_ms = protocol::kNoTimestamp;

  std::int32_t first_sequence() const;
  protocol::Offset first_offset() const { return last_offset - offset_delta; }
};

struct ProducerEntry {
  static constexpr std::size_t kBatchesKept = 5;

  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t coordinator_epoch = -1;
  std::int64_t last_timestamp_ms = protocol::kNoTimestamp;
  std::optional<protocol::Offset> transaction_first_offset;
  std::deque<ProducerBatch> batches;  // oldest first, at most kBatchesKept

  std::int32_t last_sequence() const { return batches.empty() ? -1 : batches.back().last_sequence; }
  protocol::Offset last_offset() const { return batches.empty() ? -1 : batches.back().last_offset; }
};

struct CompletedTransaction {
  std::int64_t producer_id = -1;
  protocol::Offset first_offset = -1;
  protocol::Offset last_offset = -1;  // of the marker
  bool aborted = false;
  // Where the oldest transaction begins that is open still; behind the marker when there is none.
  protocol::Offset last_stable_offset = -1;
};

// One thread at a time (the log's lock). Rules: wire-api.md §7.
class ProducerStates {
 public:
  // Looks at a batch that a client wants appended, before its offsets are final. Gives the earlier
  // batch that it repeats, nothing when it may be appended, or an error that says why not.
  base::Result<std::optional<ProducerBatch>> check(const BatchHeader& header) const;
  // Takes in an appended batch of records (client's, replicated, or read back from the log): never
  // refuses. Batches without producer and control batches change nothing.
  void update(const BatchHeader& header);
  // Takes in an appended marker; the transaction that it ended, if one was open.
  std::optional<CompletedTransaction> complete(const BatchHeader& marker, bool aborted,
                                               std::int32_t coordinator_epoch);

  // The first offset of the oldest transaction that is open, or whose marker is not below the high
  // watermark yet.
  std::optional<protocol::Offset> first_unstable_offset() const;
  void on_high_watermark(protocol::Offset high_watermark);

  void remove_expired(std::int64_t now_ms, std::int64_t expiration_ms);
  void clear();
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  const ProducerEntry* find(std::int64_t producer_id) const;
  std::vector<ProducerEntry> entries() const;
  void load(std::vector<ProducerEntry> entries);

 private:
  std::unordered_map<std::int64_t, ProducerEntry> entries_;
  std::set<protocol::Offset> open_transactions_;  // their first offsets
  std::vector<CompletedTransaction> unreplicated_;
};

}  // namespace odradek::log
