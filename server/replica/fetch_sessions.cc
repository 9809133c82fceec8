#include "server/replica/fetch_sessions.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace odradek::replica {
namespace {

constexpr std::size_t kLongestTopicName = 249;  // what CreateTopics allows

// Each partition keeps the name: one that no topic can have would cost without a bound.
bool have_names_of_topics(const std::vector<SessionPartition>& partitions) {
  return std::all_of(partitions.begin(), partitions.end(), [](const SessionPartition& partition) {
    return partition.topic.size() <= kLongestTopicName;
  });
}

}  // namespace

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

void FetchSessions::remove(Slots::iterator slot) {
  partitions_ -= slot->second.partitions;
  slots_.erase(slot);
}

bool FetchSessions::evict_for(bool is_follower, std::size_t partitions) {
  std::int64_t now_ms = clock_.monotonic_ms();
  auto is_idle = [&](const Slot& slot) { return now_ms - slot.last_used_ms > kEvictableAfterMs; };
  auto rank = [&](const Slot& slot) {
    bool is_equal = is_follower && slot.session->is_follower();
    return std::tuple(!is_idle(slot), is_equal, slot.last_used_ms);
  };
  auto victim = std::min_element(slots_.begin(), slots_.end(), [&](const auto& a, const auto& b) {
    return rank(a.second) < rank(b.second);
  });
  if (victim == slots_.end()) return false;
  const Slot& slot = victim->second;
  bool is_lesser = (is_follower && !slot.session->is_follower()) ||
                   (is_follower == slot.session->is_follower() && partitions > slot.partitions);
  if (!is_idle(slot) && !is_lesser) return false;
  remove(victim);
  return true;
}

bool FetchSessions::has_room_for(std::size_t partitions) const {
  return partitions <= max_partitions_ && partitions_ <= max_partitions_ - partitions;
}

bool FetchSessions::make_room(bool is_follower, std::size_t partitions) {
  if (partitions > max_partitions_) return false;
  // Here size is no merit: one client's large session would cost many their small ones.
  while (!has_room_for(partitions)) {
    if (!evict_for(is_follower, 0)) return false;
  }
  return slots_.size() < max_slots_ || evict_for(is_follower, partitions);
}

FetchSessionPtr FetchSessions::take_slot(bool is_follower, bool uses_topic_ids,
                                         std::size_t partitions) {
  base::MutexLock lock(mutex_);
  if (partitions == 0 || !make_room(is_follower, partitions)) return nullptr;
  std::int32_t id = kNoSession;
  while (id == kNoSession || slots_.contains(id)) {
    id = static_cast<std::int32_t>(random_.between(1, INT32_MAX));
  }
  auto session = std::make_shared<FetchSession>(id, is_follower, uses_topic_ids);
  slots_[id] = {session, clock_.monotonic_ms(), partitions};
  partitions_ += partitions;
  return session;
}

FetchSessionPtr FetchSessions::open(bool is_follower, bool uses_topic_ids,
                                    const std::vector<SessionPartition>& partitions) {
  if (!have_names_of_topics(partitions)) return nullptr;
  FetchSessionPtr session = take_slot(is_follower, uses_topic_ids, partitions.size());
  if (session == nullptr) return nullptr;
  base::MutexLock lock(session->mutex());
  for (const SessionPartition& partition : partitions) session->put(partition);
  return session;
}

bool FetchSessions::update(FetchSession& session, std::vector<SessionPartition> asked,
                           const std::vector<SessionPartition>& forgotten) {
  if (!have_names_of_topics(asked)) {
    close(session.id());
    return false;
  }
  std::size_t before = session.size();
  for (SessionPartition& partition : asked) session.put(std::move(partition));
  for (const SessionPartition& partition : forgotten) session.forget(partition);
  return session.size() == before || resize(session.id(), session.size());
}

bool FetchSessions::resize(std::int32_t id, std::size_t partitions) {
  base::MutexLock lock(mutex_);
  auto found = slots_.find(id);
  if (found == slots_.end()) return false;
  partitions_ -= std::exchange(found->second.partitions, 0);
  if (!has_room_for(partitions)) {
    remove(found);
    return false;
  }
  found->second.partitions = partitions;
  partitions_ += partitions;
  return true;
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
  auto found = slots_.find(id);
  if (found != slots_.end()) remove(found);
}

std::size_t FetchSessions::size() const {
  base::MutexLock lock(mutex_);
  return slots_.size();
}

}  // namespace odradek::replica
