#include "server/transaction/producer_ids.h"

namespace odradek::transaction {

base::Result<std::int64_t> ProducerIds::next() {
  base::MutexLock lock(mutex_);
  if (next_id_ == end_id_) {
    auto block = next_block_();
    if (!block) return block.error();
    next_id_ = block->first;
    end_id_ = block->last + 1;
  }
  return next_id_++;
}

}  // namespace odradek::transaction
