#include "server/replica/delayed_produce.h"

#include <algorithm>
#include <utility>

namespace odradek::replica {

DelayedProduce::DelayedProduce(std::int64_t timeout_ms, ReplicaSet& replicas,
                               std::vector<TopicPartition> partitions,
                               std::vector<AppendOutcome> outcomes, AppendCallback callback)
    : DelayedOperation(timeout_ms),
      replicas_(replicas),
      partitions_(std::move(partitions)),
      outcomes_(std::move(outcomes)),
      callback_(std::move(callback)) {
  for (const AppendOutcome& outcome : outcomes_) {
    waits_.push_back(outcome.error == ErrorCode::kNone);
  }
}

bool DelayedProduce::settle() {
  base::MutexLock lock(mutex_);
  if (is_completed()) return false;
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    if (!waits_[i]) continue;
    base::Result<PartitionPtr> partition = replicas_.leader(partitions_[i]);
    if (!partition) {
      outcomes_[i].error = protocol::code_of(partition.error());
      waits_[i] = false;
      continue;
    }
    auto settled = (*partition)->acknowledged(outcomes_[i].info.last_offset + 1);
    if (!settled) continue;
    outcomes_[i].error = *settled;
    waits_[i] = false;
  }
  return std::none_of(waits_.begin(), waits_.end(), [](bool waits) { return waits; });
}

bool DelayedProduce::try_complete() { return settle() && force_complete(); }

void DelayedProduce::on_complete() {
  std::vector<AppendOutcome> outcomes;
  {
    base::MutexLock lock(mutex_);
    outcomes = outcomes_;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (waits_[i]) outcomes[i].error = ErrorCode::kRequestTimedOut;
    }
  }
  callback_(std::move(outcomes));
}

}  // namespace odradek::replica
