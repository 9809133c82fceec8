#include "server/replica/fetcher/fetchers.h"

#include <algorithm>
#include <cstdlib>

#include "base/log.h"

namespace odradek::replica {

std::int32_t fetcher_index(const TopicPartition& partition, std::int32_t threads_per_leader) {
  std::uint32_t hash = 0;  // String.hashCode(); topic names are ASCII
  for (char c : partition.topic) hash = 31 * hash + static_cast<std::uint8_t>(c);
  hash = 31 * hash + static_cast<std::uint32_t>(partition.partition);
  auto value = static_cast<std::int32_t>(hash);
  std::int32_t magnitude = value == INT32_MIN ? 0 : std::abs(value);
  return magnitude % std::max(threads_per_leader, 1);
}

Fetchers::~Fetchers() { stop(); }

ReplicaFetcher& Fetchers::fetcher(const Key& key) {
  std::unique_ptr<ReplicaFetcher>& found = fetchers_[key];
  if (found == nullptr) {
    found = std::make_unique<ReplicaFetcher>(
        key.first, key.second, context_,
        [this](const TopicPartition& partition, const base::Error& why) {
          set_aside(partition, why);
        });
    found->start();
  }
  return *found;
}

void Fetchers::update_one(const TopicPartition& partition) {
  PartitionPtr replica = context_.replicas.find(partition);
  log::LogPtr log = replica == nullptr ? nullptr : replica->log();
  PartitionState state = replica == nullptr ? PartitionState() : replica->state();
  bool follows = log != nullptr && !replica->is_leader() && state.leader >= 0 &&
                 state.leader != context_.replicas.local_broker();
  Key key{state.leader, fetcher_index(partition, threads_per_leader_)};
  auto place = places_.find(partition);
  if (place != places_.end() && (!follows || place->second != key)) {
    auto old = fetchers_.find(place->second);
    if (old != fetchers_.end()) old->second->remove(partition);
    places_.erase(place);
  }
  failed_.erase(partition);
  if (!follows) return;
  fetcher(key).put(partition, state.leader_epoch, *log);
  places_[partition] = key;
}

void Fetchers::update(const std::vector<TopicPartition>& partitions) {
  base::MutexLock lock(mutex_);
  if (stopped_) return;
  if (is_resizing_) {
    changed_meanwhile_.insert(changed_meanwhile_.end(), partitions.begin(), partitions.end());
    return;
  }
  for (const TopicPartition& partition : partitions) update_one(partition);
  retire_idle();
}

void Fetchers::resize(std::int32_t threads_per_leader) {
  Threads ending;
  std::vector<TopicPartition> partitions;
  {
    base::MutexLock lock(mutex_);
    threads_per_leader_ = threads_per_leader;
    is_resizing_ = true;
    ending.swap(fetchers_);
    for (const auto& [partition, key] : places_) partitions.push_back(partition);
    places_.clear();
  }
  for (auto& [key, fetcher] : ending) fetcher->stop();
  ending.clear();  // joins; without the lock, which the threads take
  {
    base::MutexLock lock(mutex_);
    is_resizing_ = false;
    partitions.insert(partitions.end(), changed_meanwhile_.begin(), changed_meanwhile_.end());
    changed_meanwhile_.clear();
  }
  update(partitions);
}

void Fetchers::retire_idle() {
  std::erase_if(retired_, [](const auto& retired) { return retired->is_finished(); });
  for (auto it = fetchers_.begin(); it != fetchers_.end();) {
    if (it->second->size() > 0) {
      ++it;
      continue;
    }
    it->second->stop();
    retired_.push_back(std::move(it->second));
    it = fetchers_.erase(it);
  }
}

void Fetchers::set_aside(const TopicPartition& partition, const base::Error& why) {
  // With every change of leader somebody hears of it first.
  bool is_usual = protocol::code_of(why) == ErrorCode::kFencedLeaderEpoch;
  VLOG_IF(1, is_usual) << partition.to_string() << " waits for the controller: " << why.message;
  LOG_IF(ERROR, !is_usual) << partition.to_string()
                           << " is not copied any more until the controller says more about it: "
                           << why.message;
  base::MutexLock lock(mutex_);
  failed_.insert(partition);
}

void Fetchers::stop() {
  Threads fetchers;
  std::vector<std::unique_ptr<ReplicaFetcher>> retired;
  {
    base::MutexLock lock(mutex_);
    stopped_ = true;
    fetchers.swap(fetchers_);
    retired.swap(retired_);
    places_.clear();
  }
  for (auto& [key, fetcher] : fetchers) fetcher->stop();
}

std::size_t Fetchers::failed_partitions() const {
  base::MutexLock lock(mutex_);
  return failed_.size();
}

std::size_t Fetchers::threads() const {
  base::MutexLock lock(mutex_);
  return fetchers_.size();
}

}  // namespace odradek::replica
