#include "server/replica/zookeeper_isr.h"

#include <utility>

#include "base/log.h"
#include "zk/store/isr_changes.h"

namespace odradek::replica {

base::Result<std::vector<std::optional<IsrAnswer>>> ZooKeeperIsr::write(
    const std::vector<IsrProposal>& proposals) {
  std::vector<std::optional<IsrAnswer>> answers;
  for (const IsrProposal& proposal : proposals) {
    auto updated =
        partitions_.update_as_leader({.partition = proposal.partition,
                                      .state = {.leader = broker_,
                                                .leader_epoch = proposal.leader_epoch,
                                                .controller_epoch = proposal.controller_epoch,
                                                .isr = proposal.isr},
                                      .expected_partition_epoch = proposal.partition_epoch});
    auto& answer = answers.emplace_back();
    if (!updated && answers.size() == 1) return updated.error();
    if (!updated) continue;
    if (updated->code != zk::Code::kOk) {
      answer = IsrAnswer{.error = ErrorCode::kInvalidUpdateVersion};
      continue;
    }
    answer = IsrAnswer{.leader_epoch = proposal.leader_epoch,
                       .isr = proposal.isr,
                       .partition_epoch = updated->partition_epoch};
    base::MutexLock lock(mutex_);
    changed_.insert(proposal.partition);
    last_change_ms_ = clock_.monotonic_ms();
  }
  return answers;
}

void ZooKeeperIsr::notify() {
  std::set<TopicPartition> changed;
  {
    base::MutexLock lock(mutex_);
    std::int64_t now_ms = clock_.monotonic_ms();
    bool is_due = last_change_ms_ + kQuietMs < now_ms || last_notice_ms_ + kLongestMs < now_ms;
    if (changed_.empty() || !is_due) return;
    changed.swap(changed_);
    last_notice_ms_ = now_ms;
  }
  base::Status told = zk::notify_isr_change(session_, {changed.begin(), changed.end()});
  if (told) return;
  LOG(WARNING) << "the controller is not told of changed in-sync replicas yet: "
               << told.error().message;
  base::MutexLock lock(mutex_);
  changed_.merge(changed);
}

}  // namespace odradek::replica
