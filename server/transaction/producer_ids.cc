#include "server/transaction/producer_ids.h"

namespace odradek::transaction {

std::optional<std::int64_t> ProducerIds::next_at_hand() {
  base::MutexLock lock(mutex_);
  if (next_id_ == end_id_) return std::nullopt;
  return next_id_++;
}

base::Result<std::int64_t> ProducerIds::next() {
  const std::int64_t asked_before = asked();
  base::MutexLock asking(block_mutex_);
  {
    base::MutexLock lock(mutex_);
    if (next_id_ != end_id_) return next_id_++;  // somebody else asked meanwhile
    if (asked_ != asked_before && last_error_) return *last_error_;
  }
  auto block = next_block_();
  base::MutexLock lock(mutex_);
  ++asked_;
  if (!block) {
    last_error_ = block.error();
    return *last_error_;
  }
  last_error_.reset();
  next_id_ = block->first + 1;
  end_id_ = block->last + 1;
  return block->first;
}

std::int64_t ProducerIds::asked() {
  base::MutexLock lock(mutex_);
  return asked_;
}

}  // namespace odradek::transaction
