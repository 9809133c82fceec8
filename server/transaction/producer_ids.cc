#include "server/transaction/producer_ids.h"

namespace odradek::transaction {

std::optional<std::int64_t> ProducerIds::next_at_hand() {
  base::MutexLock lock(mutex_);
  if (next_id_ == end_id_) return std::nullopt;
  return next_id_++;
}

base::Result<std::int64_t> ProducerIds::next() {
  base::MutexLock asking(block_mutex_);
  if (auto id = next_at_hand()) return *id;  // somebody else asked meanwhile
  auto block = next_block_();
  if (!block) return block.error();
  base::MutexLock lock(mutex_);
  next_id_ = block->first + 1;
  end_id_ = block->last + 1;
  return block->first;
}

}  // namespace odradek::transaction
