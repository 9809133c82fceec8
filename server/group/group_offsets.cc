#include "server/group/group_offsets.h"

#include <algorithm>
#include <utility>

namespace odradek::group {

using protocol::TopicPartition;

const CommittedOffset* GroupOffsets::find(const TopicPartition& partition) const {
  auto found = committed_.find(partition);
  return found == committed_.end() ? nullptr : &found->second.committed;
}

std::vector<OffsetToCommit> GroupOffsets::all() const {
  std::vector<OffsetToCommit> all;
  all.reserve(committed_.size());
  for (const auto& [partition, stored] : committed_) all.push_back({partition, stored.committed});
  return all;
}

bool GroupOffsets::has_any() const {
  return !committed_.empty() || !on_their_way_.empty() || !in_transactions_.empty();
}

bool GroupOffsets::is_on_its_way(const TopicPartition& partition) const {
  return on_their_way_.contains(partition);
}

bool GroupOffsets::is_unstable(const TopicPartition& partition) const {
  return is_on_its_way(partition) ||
         std::any_of(in_transactions_.begin(), in_transactions_.end(),
                     [&](const auto& entry) { return entry.second.contains(partition); });
}

CommitToken GroupOffsets::begin(const std::vector<OffsetToCommit>& offsets) {
  CommitToken token = ++last_token_;
  for (const OffsetToCommit& offset : offsets) on_their_way_[offset.partition].insert(token);
  return token;
}

void GroupOffsets::complete(CommitToken token, const std::vector<OffsetToCommit>& offsets,
                            protocol::Offset first_record_offset) {
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    auto waiting = on_their_way_.find(offsets[i].partition);
    if (waiting == on_their_way_.end() || !waiting->second.contains(token)) continue;
    put_if_newer(offsets[i].partition,
                 {offsets[i].committed, first_record_offset + static_cast<protocol::Offset>(i)});
  }
  fail(token, offsets);
}

void GroupOffsets::fail(CommitToken token, const std::vector<OffsetToCommit>& offsets) {
  for (const OffsetToCommit& offset : offsets) {
    auto waiting = on_their_way_.find(offset.partition);
    if (waiting == on_their_way_.end()) continue;
    waiting->second.erase(token);
    if (waiting->second.empty()) on_their_way_.erase(waiting);
  }
}

void GroupOffsets::put_if_newer(const TopicPartition& partition, Stored stored) {
  auto [found, is_first] = committed_.try_emplace(partition);
  if (is_first || found->second.record_offset <= stored.record_offset) {
    found->second = std::move(stored);
  }
}

void GroupOffsets::put(const TopicPartition& partition, CommittedOffset committed,
                       protocol::Offset record_offset) {
  put_if_newer(partition, {std::move(committed), record_offset});
}

void GroupOffsets::put_in_transaction(std::int64_t producer_id, const TopicPartition& partition,
                                      CommittedOffset committed, protocol::Offset record_offset) {
  in_transactions_[producer_id][partition] = {std::move(committed), record_offset};
}

void GroupOffsets::remove_in_transaction(std::int64_t producer_id,
                                         const TopicPartition& partition) {
  auto found = in_transactions_.find(producer_id);
  if (found == in_transactions_.end()) return;
  found->second.erase(partition);
  if (found->second.empty()) in_transactions_.erase(found);
}

void GroupOffsets::end_transaction(std::int64_t producer_id, bool is_committed) {
  auto ended = in_transactions_.extract(producer_id);
  if (ended.empty() || !is_committed) return;
  for (auto& [partition, stored] : ended.mapped()) put_if_newer(partition, std::move(stored));
}

bool GroupOffsets::remove(const TopicPartition& partition) {
  on_their_way_.erase(partition);
  for (auto it = in_transactions_.begin(); it != in_transactions_.end();) {
    it->second.erase(partition);
    it = it->second.empty() ? in_transactions_.erase(it) : std::next(it);
  }
  return committed_.erase(partition) > 0;
}

}  // namespace odradek::group
