#include "server/group/loader.h"

#include <map>
#include <utility>

#include "base/log.h"

namespace odradek::group {

void GroupLoader::led(std::int32_t partition) {
  coordinator_.start_loading(partition);
  bool is_first = false;
  {
    base::MutexLock lock(mutex_);
    is_first = to_load_.empty();
    to_load_.insert(partition);
  }
  if (is_first)
    scheduler_.schedule(
        "load-groups", [this] { load(); }, 0);
}

void GroupLoader::lost(std::int32_t partition) {
  {
    base::MutexLock lock(mutex_);
    to_load_.erase(partition);
  }
  coordinator_.stop_coordinating(partition);
}

void GroupLoader::load() {
  auto groups = offsets_.groups();
  if (!groups) {
    LOG(WARNING) << "groups cannot be loaded, next try in " << kRetryMs
                 << " ms: " << groups.error().message;
    scheduler_.schedule(
        "load-groups", [this] { load(); }, kRetryMs);
    return;
  }
  std::set<std::int32_t> partitions;
  {
    base::MutexLock lock(mutex_);
    partitions = std::exchange(to_load_, {});
  }
  std::int32_t count = coordinator_.partition_count();
  std::map<std::int32_t, std::vector<std::string>> by_partition;
  for (const std::string& group : *groups) {
    if (count > 0) by_partition[partition_of_group(group, count)].push_back(group);
  }
  for (std::int32_t partition : partitions) {
    coordinator_.start_coordinating(partition, by_partition[partition]);
  }
  if (!partitions.empty()) {
    LOG(INFO) << "coordinating the groups of " << partitions.size()
              << " more partitions of __consumer_offsets";
  }
}

}  // namespace odradek::group
