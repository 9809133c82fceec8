#include "server/replica/fetch_sessions.h"

#include <iterator>

namespace odradek::replica {

std::string FetchSession::key_of(const SessionPartition& partition) {
  std::string topic =
      partition.topic_id.is_zero() ? partition.topic : partition.topic_id.to_string();
  return topic + "/" + std::to_string(partition.partition);
}

void FetchSession::put(SessionPartition partition) {
  auto [found, is_new] = index_.try_emplace(key_of(partition));
  if (is_new) {
    found->second = order_.insert(order_.end(), std::move(partition));
    return;
  }
  partition.told_high_watermark = found->second->told_high_watermark;
  partition.told_log_start_offset = found->second->told_log_start_offset;
  *found->second = std::move(partition);
}

void FetchSession::forget(const SessionPartition& partition) {
  auto found = index_.find(key_of(partition));
  if (found == index_.end()) return;
  order_.erase(found->second);
  index_.erase(found);
}

std::vector<SessionPartition> FetchSession::partitions() const {
  return {order_.begin(), order_.end()};
}

bool FetchSession::tell(const SessionPartition& partition, bool has_data, bool has_more_to_say,
                        std::int64_t high_watermark, std::int64_t log_start_offset) {
  auto found = index_.find(key_of(partition));
  if (found == index_.end()) return true;
  SessionPartition& known = *found->second;
  bool moved = known.told_high_watermark != high_watermark ||
               known.told_log_start_offset != log_start_offset;
  known.told_high_watermark = high_watermark;
  known.told_log_start_offset = log_start_offset;
  if (has_data) order_.splice(order_.end(), order_, found->second);
  return has_data || has_more_to_say || moved;
}

bool FetchSessions::make_room(bool is_follower, std::size_t partitions) {
  if (slots_.size() < max_slots_) return true;
  std::int64_t now_ms = clock_.monotonic_ms();
  auto victim = slots_.end();
  for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
    if (victim == slots_.end() || slot->second.last_used_ms < victim->second.last_used_ms) {
      victim = slot;
    }
  }
  if (victim == slots_.end()) return false;
  const Slot& oldest = victim->second;
  bool is_idle = now_ms - oldest.last_used_ms > kEvictableAfterMs;
  bool is_lesser = (is_follower && !oldest.session->is_follower()) ||
                   (is_follower == oldest.session->is_follower() && partitions > oldest.partitions);
  if (!is_idle && !is_lesser) return false;
  slots_.erase(victim);
  return true;
}

FetchSessionPtr FetchSessions::open(bool is_follower, bool uses_topic_ids, std::size_t partitions) {
  base::MutexLock lock(mutex_);
  if (partitions == 0 || !make_room(is_follower, partitions)) return nullptr;
  std::int32_t id = kNoSession;
  while (id == kNoSession || slots_.contains(id)) {
    id = static_cast<std::int32_t>(random_.between(1, INT32_MAX));
  }
  auto session = std::make_shared<FetchSession>(id, is_follower, uses_topic_ids);
  slots_[id] = {session, clock_.monotonic_ms(), partitions};
  return session;
}

FetchSessionPtr FetchSessions::find(std::int32_t id) {
  base::MutexLock lock(mutex_);
  auto found = slots_.find(id);
  if (found == slots_.end()) return nullptr;
  found->second.last_used_ms = clock_.monotonic_ms();
  return found->second.session;
}

void FetchSessions::close(std::int32_t id) {
  base::MutexLock lock(mutex_);
  slots_.erase(id);
}

std::size_t FetchSessions::size() const {
  base::MutexLock lock(mutex_);
  return slots_.size();
}

}  // namespace odradek::replica
