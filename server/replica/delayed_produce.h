// DelayedProduce: an acks=-1 append that waits until every in-sync replica has its records.
#pragma once

#include <vector>

#include "base/mutex.h"
#include "server/purgatory/delayed_operation.h"
#include "server/replica/append.h"

namespace odradek::replica {

class DelayedProduce : public purgatory::DelayedOperation {
 public:
  DelayedProduce(std::int64_t timeout_ms, ReplicaSet& replicas,
                 std::vector<TopicPartition> partitions, std::vector<AppendOutcome> outcomes,
                 AppendCallback callback);

 protected:
  bool try_complete() override;
  void on_complete() override;
  void on_expiration() override {}

 private:
  // Settles what can be settled; true when nothing is left to wait for.
  bool settle() EXCLUDES(mutex_);

  ReplicaSet& replicas_;
  const std::vector<TopicPartition> partitions_;
  base::Mutex mutex_;  // a try may run while the deadline completes
  std::vector<AppendOutcome> outcomes_ GUARDED_BY(mutex_);
  // By entry: written here, not yet on every in-sync replica.
  std::vector<bool> waits_ GUARDED_BY(mutex_);
  AppendCallback callback_;
};

}  // namespace odradek::replica
