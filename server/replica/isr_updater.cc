#include "server/replica/isr_updater.h"

#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::replica {

IsrUpdater::~IsrUpdater() { stop(); }

void IsrUpdater::start() {
  thread_ = base::Thread("isr-updater", [this] { run(); });
}

void IsrUpdater::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  writer_.close();
  if (thread_.joinable()) thread_.join();
}

void IsrUpdater::submit(IsrProposal proposal) {
  base::MutexLock lock(mutex_);
  TopicPartition partition = proposal.partition;
  proposals_[std::move(partition)] = std::move(proposal);
  changed_.notify_all();
}

void IsrUpdater::shrink_all() {
  for (const PartitionPtr& partition : replicas_.all()) {
    auto proposal = partition->propose_shrink();
    if (proposal) submit(std::move(*proposal));
  }
}

void IsrUpdater::run() {
  while (wait_for_proposals()) {
    if (!send()) pause();
  }
}

bool IsrUpdater::wait_for_proposals() {
  base::MutexLock lock(mutex_);
  while (!stopping_ && proposals_.empty()) changed_.wait(mutex_);
  return !stopping_;
}

void IsrUpdater::pause() {
  base::MutexLock lock(mutex_);
  auto deadline = base::steady_after_ms(kRetryMs);
  while (!stopping_ && changed_.wait_until(mutex_, deadline)) {
  }
}

std::vector<IsrProposal> IsrUpdater::take() {
  std::map<TopicPartition, IsrProposal> taken;
  {
    base::MutexLock lock(mutex_);
    taken.swap(proposals_);
  }
  std::vector<IsrProposal> open;
  for (auto& [name, proposal] : taken) {
    PartitionPtr partition = replicas_.find(name);
    if (partition != nullptr && partition->awaits(proposal)) open.push_back(std::move(proposal));
  }
  return open;
}

void IsrUpdater::put_back(const IsrProposal& proposal) {
  base::MutexLock lock(mutex_);
  proposals_.try_emplace(proposal.partition, proposal);
}

void IsrUpdater::note_failure(const std::string& reason) {
  if (reason != last_failure_) {
    LOG(WARNING) << "in-sync replicas cannot be changed yet, tried again every " << kRetryMs
                 << " ms: " << reason;
  }
  last_failure_ = reason;
}

bool IsrUpdater::send() {
  std::vector<IsrProposal> proposals = take();
  if (proposals.empty()) return true;
  auto answers = writer_.write(proposals);
  if (!answers) {
    note_failure(answers.error().message);
    for (const IsrProposal& proposal : proposals) put_back(proposal);
    return false;
  }
  last_failure_.clear();
  bool settled = true;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    const auto& answer = (*answers)[i];
    if (answer && settle(proposals[i], *answer)) continue;
    put_back(proposals[i]);
    settled = false;
  }
  return settled;
}

bool IsrUpdater::settle(const IsrProposal& proposal, const IsrAnswer& answer) {
  PartitionPtr partition = replicas_.find(proposal.partition);
  if (partition == nullptr) return true;
  IsrProgress progress = partition->settle(proposal, answer);
  if (progress.moved) waits_.check(proposal.partition);
  partition->flush_when_alone([&waits = waits_, name = proposal.partition] { waits.check(name); });
  return !progress.repeat;
}

}  // namespace odradek::replica
