#include "server/group/group_table.h"

#include <utility>

namespace odradek::group {

std::int32_t partition_of_group(std::string_view group_id, std::int32_t partition_count) {
  // Java hashes UTF-16 units; ids outside ASCII are decoded here just far enough for that.
  std::uint32_t hash = 0;
  auto add = [&hash](std::uint32_t unit) { hash = hash * 31 + unit; };
  for (std::size_t i = 0; i < group_id.size();) {
    auto lead = static_cast<unsigned char>(group_id[i]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < group_id.size(); ++k) {
      code = (code << 6) | (static_cast<unsigned char>(group_id[i + k]) & 0x3fu);
    }
    i += length;
    if (code >= 0x10000) {
      add(0xd800 + ((code - 0x10000) >> 10));
      add(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      add(code);
    }
  }
  auto positive = static_cast<std::int32_t>(hash & 0x7fffffffu);
  auto as_signed = static_cast<std::int32_t>(hash);
  // abs(), but Integer.MIN_VALUE counts as 0, as upstream has it.
  std::int32_t magnitude = as_signed >= 0 ? as_signed : positive == 0 ? 0 : -as_signed;
  return magnitude % partition_count;
}

void GroupTable::set_partition_count(std::int32_t count) {
  base::WriteLock lock(mutex_);
  partition_count_ = count;
}

std::int32_t GroupTable::partition_count() const {
  base::ReadLock lock(mutex_);
  return partition_count_;
}

// What the controller said last counts, in whatever order its requests are carried out.
bool GroupTable::take_epoch(std::int32_t partition, protocol::LeaderEpoch epoch) {
  auto [newest, is_first] = epochs_.try_emplace(partition, epoch);
  if (epoch < newest->second) return false;
  newest->second = epoch;
  return true;
}

bool GroupTable::start_loading(std::int32_t partition, protocol::LeaderEpoch epoch) {
  base::WriteLock lock(mutex_);
  if (!take_epoch(partition, epoch) || coordinated_.contains(partition)) return false;
  return loading_.try_emplace(partition, epoch).second;
}

bool GroupTable::finish_loading(std::int32_t partition, protocol::LeaderEpoch epoch,
                                const std::vector<GroupEntryPtr>& groups) {
  base::WriteLock lock(mutex_);
  auto loading = loading_.find(partition);
  if (loading == loading_.end() || loading->second != epoch) return false;
  loading_.erase(loading);
  Groups& loaded = coordinated_[partition];
  for (const GroupEntryPtr& entry : groups) loaded[entry->id] = entry;
  return true;
}

bool GroupTable::is_loading(std::int32_t partition, protocol::LeaderEpoch epoch) const {
  base::ReadLock lock(mutex_);
  auto loading = loading_.find(partition);
  return loading != loading_.end() && loading->second == epoch;
}

std::vector<GroupEntryPtr> GroupTable::remove_partition(
    std::int32_t partition, std::optional<protocol::LeaderEpoch> epoch) {
  std::vector<GroupEntryPtr> removed;
  base::WriteLock lock(mutex_);
  if (epoch && !take_epoch(partition, *epoch)) return removed;
  loading_.erase(partition);
  auto found = coordinated_.extract(partition);
  if (found.empty()) return removed;
  for (auto& [id, entry] : found.mapped()) removed.push_back(std::move(entry));
  return removed;
}

std::vector<std::int32_t> GroupTable::partitions() const {
  base::ReadLock lock(mutex_);
  std::vector<std::int32_t> partitions;
  for (const auto& [partition, epoch] : loading_) partitions.push_back(partition);
  for (const auto& [partition, groups] : coordinated_) partitions.push_back(partition);
  return partitions;
}

ErrorCode GroupTable::check(const std::string& group_id) const {
  base::ReadLock lock(mutex_);
  if (partition_count_ == 0) return ErrorCode::kNotCoordinator;
  std::int32_t partition = partition_of_group(group_id, partition_count_);
  if (loading_.contains(partition)) return ErrorCode::kCoordinatorLoadInProgress;
  return coordinated_.contains(partition) ? ErrorCode::kNone : ErrorCode::kNotCoordinator;
}

bool GroupTable::is_any_loading() const {
  base::ReadLock lock(mutex_);
  return !loading_.empty();
}

bool GroupTable::coordinates(std::int32_t partition) const {
  base::ReadLock lock(mutex_);
  return coordinated_.contains(partition);
}

const GroupTable::Groups* GroupTable::groups_of(const std::string& group_id) const {
  if (partition_count_ == 0) return nullptr;
  auto groups = coordinated_.find(partition_of_group(group_id, partition_count_));
  return groups == coordinated_.end() ? nullptr : &groups->second;
}

GroupEntryPtr GroupTable::find(const std::string& group_id) const {
  base::ReadLock lock(mutex_);
  const Groups* groups = groups_of(group_id);
  if (groups == nullptr) return nullptr;
  auto found = groups->find(group_id);
  return found == groups->end() ? nullptr : found->second;
}

GroupEntryPtr GroupTable::find_or_create(const std::string& group_id) {
  if (GroupEntryPtr found = find(group_id)) return found;
  base::WriteLock lock(mutex_);
  if (partition_count_ == 0) return nullptr;
  std::int32_t partition = partition_of_group(group_id, partition_count_);
  auto groups = coordinated_.find(partition);
  if (groups == coordinated_.end()) return nullptr;
  GroupEntryPtr& entry = groups->second[group_id];
  if (entry == nullptr) entry = std::make_shared<GroupEntry>(group_id, partition);
  return entry;
}

void GroupTable::erase(const GroupEntryPtr& entry) {
  base::WriteLock lock(mutex_);
  auto groups = coordinated_.find(entry->partition);
  if (groups == coordinated_.end()) return;
  auto found = groups->second.find(entry->id);
  if (found != groups->second.end() && found->second == entry) groups->second.erase(found);
}

std::vector<GroupEntryPtr> GroupTable::all() const {
  base::ReadLock lock(mutex_);
  std::vector<GroupEntryPtr> entries;
  for (const auto& [partition, groups] : coordinated_) {
    for (const auto& [id, entry] : groups) entries.push_back(entry);
  }
  return entries;
}

}  // namespace odradek::group
