// ProducerIds: gives out producer ids from blocks that no other broker has.
#pragma once

#include <cstdint>
#include <functional>

#include "base/mutex.h"
#include "base/result.h"
#include "zk/data/producer_id_block.h"

namespace odradek::transaction {

// Safe from any thread; a call blocks on ZooKeeper once per block of 1000.
class ProducerIds {
 public:
  using NextBlock = std::function<base::Result<zk::ProducerIdBlock>()>;

  explicit ProducerIds(NextBlock next_block) : next_block_(std::move(next_block)) {}

  base::Result<std::int64_t> next() EXCLUDES(mutex_);

 private:
  const NextBlock next_block_;
  base::Mutex mutex_;
  std::int64_t next_id_ GUARDED_BY(mutex_) = 0;
  std::int64_t end_id_ GUARDED_BY(mutex_) = 0;  // one past the last of the block
};

}  // namespace odradek::transaction
