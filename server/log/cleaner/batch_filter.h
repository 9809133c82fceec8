// BatchFilter: what compaction leaves of one record batch.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"
#include "protocol/types.h"
#include "server/log/cleaner/offset_map.h"
#include "server/log/cleaner/transaction_walk.h"
#include "server/log/producer_states.h"

namespace odradek::log {

// The newest that a log remembers of a producer; its batch keeps the sequence for the next start.
struct LastBatch {
  protocol::Offset last_offset = -1;  // -1: only markers are left of it
  std::int16_t producer_epoch = -1;
};
using LastBatches = std::unordered_map<std::int64_t, LastBatch>;  // by producer id
LastBatches last_batches(const std::vector<ProducerEntry>& producers);

struct FilterRules {
  std::int64_t now_ms = 0;
  std::int64_t delete_retention_ms = 0;
  // Tombstones of magic 0 and 1, which have no delete horizon of their own, stay.
  bool keeps_old_tombstones = true;
  // The batch that ends here stays, if only its header, so that the offset is not lost.
  protocol::Offset round_end = 0;
};

struct FilterCounts {
  std::int64_t records_read = 0;
  std::int64_t records_kept = 0;
  std::int64_t records_without_key = 0;
};

// One thread.
class BatchFilter {
 public:
  BatchFilter(const OffsetMap& offsets, TransactionWalk& transactions)
      : offsets_(offsets), transactions_(transactions) {}

  void set_rules(const FilterRules& rules) { rules_ = rules; }
  void set_last_batches(LastBatches batches) { last_batches_ = std::move(batches); }

  // Appends to `out` the batch as it is, a smaller one, its header alone, or nothing. Errors as
  // RecordIterator::status(). Batches must come in the order of the log.
  base::Status filter(const protocol::BatchView& batch, base::Bytes& out);

  // The aborted transaction whose marker the last batch was, when its records are still there.
  const std::optional<AbortedTransaction>& aborted() const { return aborted_; }
  const FilterCounts& counts() const { return counts_; }

 private:
  struct Survivors {
    std::int32_t records = 0;
    std::int32_t kept = 0;
    bool as_it_was = true;
    bool tombstones = false;
  };
  bool keeps_header(const protocol::BatchView& batch) const;
  bool keeps_record(const protocol::BatchView& batch, const protocol::Record& record);
  base::Status choose(const protocol::BatchView& batch, bool none, Survivors& survivors);
  base::Status rebuild(const protocol::BatchView& batch,
                       std::optional<std::int64_t> delete_horizon_ms, base::Bytes& out) const;
  base::Status rebuild_old(const protocol::BatchView& batch, base::Bytes& out) const;

  const OffsetMap& offsets_;
  TransactionWalk& transactions_;
  FilterRules rules_;
  LastBatches last_batches_;
  std::vector<bool> kept_;  // of the records of the batch under work
  std::optional<AbortedTransaction> aborted_;
  FilterCounts counts_;
};

}  // namespace odradek::log
