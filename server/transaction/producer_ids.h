// ProducerIds: gives out producer ids from blocks that no other broker has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/mutex.h"
#include "base/result.h"
#include "zk/data/producer_id_block.h"

namespace odradek::transaction {

// Safe from any thread; a call blocks once per block of 1000, on ZooKeeper or on the controller.
class ProducerIds {
 public:
  using NextBlock = std::function<base::Result<zk::ProducerIdBlock>()>;

  explicit ProducerIds(NextBlock next_block) : next_block_(std::move(next_block)) {}

  // Whoever comes while a block is asked for shares the answer, also when there is none: a queue of
  // callers does not wait one after the other for what is not there.
  base::Result<std::int64_t> next() EXCLUDES(mutex_, block_mutex_);
  // Never waits; nothing when the block is used up and next() has to ask for another.
  std::optional<std::int64_t> next_at_hand() EXCLUDES(mutex_);

 private:
  std::int64_t asked() EXCLUDES(mutex_);

  const NextBlock next_block_;
  base::Mutex block_mutex_;  // held while a block is asked for; before mutex_
  base::Mutex mutex_;
  std::int64_t asked_ GUARDED_BY(mutex_) = 0;  // how often a block has been asked for
  std::optional<base::Error> last_error_ GUARDED_BY(mutex_);  // when the last time was in vain
  std::int64_t next_id_ GUARDED_BY(mutex_) = 0;
  std::int64_t end_id_ GUARDED_BY(mutex_) = 0;  // one past the last of the block
};

}  // namespace odradek::transaction
