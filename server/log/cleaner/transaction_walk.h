// TransactionWalk: which batches of a log belong to aborted transactions, and which markers are no
// longer needed, told while one goes over the log in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "protocol/record/batch.h"
#include "protocol/types.h"
#include "server/log/transaction_index.h"

namespace odradek::log {

// One thread; every batch of the stretch is shown to it once, in order.
class TransactionWalk {
 public:
  // `aborted`: all that overlap the stretch, in any order.
  explicit TransactionWalk(std::vector<AbortedTransaction> aborted);

  // Whether the records of a batch that is no control batch were aborted.
  bool is_aborted(const protocol::BatchView& batch);

  struct Marker {
    // No batch of its transaction was met, so that only the delete horizon keeps it.
    bool orphaned = false;
    // What the transaction index goes on saying of it.
    std::optional<AbortedTransaction> aborted;
  };
  // For control batches. INVALID_RECORD when the control record cannot be read.
  base::Result<Marker> marker(const protocol::BatchView& batch);

 private:
  struct Ongoing {
    AbortedTransaction transaction;
    bool met = false;  // one of its batches
  };
  void begin_up_to(protocol::Offset offset);

  std::vector<AbortedTransaction> aborted_;  // by first offset
  std::size_t begun_ = 0;
  std::unordered_map<std::int64_t, Ongoing> ongoing_aborted_;  // by producer id
  std::unordered_set<std::int64_t> ongoing_committed_;
};

}  // namespace odradek::log
