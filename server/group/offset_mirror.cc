#include "server/group/offset_mirror.h"

#include <utility>

#include "base/log.h"

namespace odradek::group {

using protocol::TopicPartition;

bool zookeeper_counts(const CommittedOffset* in_log, const StoredCopy& copy) {
  if (copy.in_log) return false;
  if (in_log == nullptr) return true;
  if (copy.committed.offset == in_log->offset) return false;
  // Written over the copy of the very commit that the log has, so after it, whatever clocks say.
  bool replaces_newest = copy.replaces && copy.replaces->offset == in_log->offset &&
                         copy.replaces->commit_time_ms == in_log->commit_time_ms;
  return replaces_newest || copy.committed.commit_time_ms > in_log->commit_time_ms;
}

OffsetMirror::OffsetMirror(OffsetStorage storage, GroupTable& table, OffsetStore& store,
                           base::Scheduler& scheduler, std::function<bool()> is_connected)
    : storage_(storage),
      table_(table),
      store_(store),
      scheduler_(scheduler),
      is_connected_(std::move(is_connected)) {}

std::function<void(std::vector<ErrorCode>)> OffsetMirror::owing_what_fails(
    const std::string& group, const std::vector<OffsetToCommit>& offsets) {
  std::vector<TopicPartition> partitions;
  partitions.reserve(offsets.size());
  for (const OffsetToCommit& offset : offsets) partitions.push_back(offset.partition);
  return [this, group, partitions = std::move(partitions)](const std::vector<ErrorCode>& errors) {
    std::vector<TopicPartition> failed;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      if (errors[i] != ErrorCode::kNone) failed.push_back(partitions[i]);
    }
    if (!failed.empty()) owe(group, failed);
  };
}

bool OffsetMirror::copy(const std::string& group, std::vector<OffsetToCommit> offsets,
                        std::function<void()> done) {
  auto settle_failures = owing_what_fails(group, offsets);
  std::size_t count = offsets.size();
  ErrorCode refusal = ErrorCode::kCoordinatorNotAvailable;
  if (is_connected_()) {
    refusal =
        store_.try_commit(group, std::move(offsets), CommitKind::kCopy,
                          [settle_failures, done = std::move(done)](std::vector<ErrorCode> errors) {
                            settle_failures(std::move(errors));
                            done();
                          });
  }
  if (refusal == ErrorCode::kNone) return true;
  settle_failures(std::vector<ErrorCode>(count, refusal));
  return false;
}

void OffsetMirror::owe(const std::string& group, const std::vector<TopicPartition>& partitions) {
  {
    base::MutexLock lock(mutex_);
    owed_[group].insert(partitions.begin(), partitions.end());
  }
  schedule_catch_up(kRetryMs);
}

void OffsetMirror::forget(const std::string& group) {
  base::MutexLock lock(mutex_);
  owed_.erase(group);
}

void OffsetMirror::schedule_catch_up(std::int64_t delay_ms) {
  {
    base::MutexLock lock(mutex_);
    if (std::exchange(is_scheduled_, true)) return;
  }
  scheduler_.schedule(
      "offset-mirror", [this] { catch_up(); }, delay_ms);
}

void OffsetMirror::catch_up() {
  std::map<std::string, Partitions> owed;
  {
    base::MutexLock lock(mutex_);
    is_scheduled_ = false;
    if (is_connected_()) owed = std::exchange(owed_, {});
    if (owed.empty() && owed_.empty()) return;
  }
  for (const auto& [group, partitions] : owed) settle(group, partitions);
  if (owed.empty()) schedule_catch_up(kRetryMs);
}

void OffsetMirror::settle(const std::string& group, const Partitions& partitions) {
  if (table_.check(group) != ErrorCode::kNone) return;
  GroupEntryPtr entry = table_.find(group);
  std::vector<OffsetToCommit> present;
  std::vector<OffsetToCommit> absent;
  auto refuse = [&](const std::vector<OffsetToCommit>& offsets, ErrorCode error) {
    owing_what_fails(group, offsets)(std::vector<ErrorCode>(offsets.size(), error));
  };
  auto give_to_store = [&] {
    ErrorCode refusal = ErrorCode::kNone;
    if (!present.empty()) {
      refusal =
          store_.try_commit(group, present, CommitKind::kCopy, owing_what_fails(group, present));
    }
    if (refusal != ErrorCode::kNone) refuse(present, refusal);
    refusal = ErrorCode::kNone;
    if (!absent.empty()) {
      refusal =
          store_.try_remove(group, absent, RemovalKind::kOurs, owing_what_fails(group, absent));
    }
    if (refusal != ErrorCode::kNone) refuse(absent, refusal);
  };
  if (entry == nullptr) {
    for (const TopicPartition& partition : partitions) absent.push_back({partition, {}});
    return give_to_store();
  }
  base::MutexLock lock(entry->mutex);
  for (const TopicPartition& partition : partitions) {
    const CommittedOffset* committed = entry->offsets.find(partition);
    if (committed != nullptr) {
      present.push_back({partition, *committed});
    } else {
      absent.push_back({partition, {}});
    }
  }
  give_to_store();
}

void OffsetMirror::loaded(std::int32_t partition, const Adopt& adopt) {
  if (storage_ == OffsetStorage::kKafka) return;
  scheduler_.schedule(
      "compare-offsets", [this, partition, adopt] { compare(partition, adopt); }, 0);
}

void OffsetMirror::compare(std::int32_t partition, const Adopt& adopt) {
  if (!table_.coordinates(partition)) return;
  auto names = store_.groups();
  std::set<std::string> groups;
  base::Status compared = names ? base::Status() : base::Status(names.error());
  if (names) {
    for (std::string& group : *names) {
      if (partition_of_group(group, table_.partition_count()) == partition) {
        groups.insert(std::move(group));
      }
    }
  }
  if (storage_ == OffsetStorage::kBoth) {
    for (const GroupEntryPtr& entry : table_.all()) {
      if (entry->partition == partition) groups.insert(entry->id);
    }
  }
  for (const std::string& group : groups) {
    if (!compared || !table_.coordinates(partition)) break;
    if (storage_ == OffsetStorage::kZooKeeper) {
      table_.find_or_create(group);
    } else {
      compared = compare_group(group, adopt);
    }
  }
  if (compared) return;
  LOG(WARNING) << "the groups of __consumer_offsets-" << partition
               << " cannot be compared with ZooKeeper, next try in " << kRetryMs
               << " ms: " << compared.error().message;
  scheduler_.schedule(
      "compare-offsets", [this, partition, adopt] { compare(partition, adopt); }, kRetryMs);
}

base::Status OffsetMirror::compare_group(const std::string& group, const Adopt& adopt) {
  auto stored = store_.fetch_all(group);
  if (!stored) return stored.error();
  std::vector<OffsetToAdopt> to_adopt;
  Partitions to_copy;
  GroupEntryPtr entry = table_.find(group);
  if (entry != nullptr) {
    base::MutexLock lock(entry->mutex);
    for (const OffsetToCommit& offset : entry->offsets.all()) to_copy.insert(offset.partition);
    for (const auto& [partition, copy] : *stored) {
      const CommittedOffset* in_log = entry->offsets.find(partition);
      bool counts = zookeeper_counts(in_log, copy);
      if (counts && copy.is_ours) {
        to_adopt.push_back(
            {partition, copy.committed, in_log == nullptr ? CommittedOffset() : *in_log});
      }
      bool is_copied = in_log != nullptr && copy.in_log && copy.committed.offset == in_log->offset;
      // Removed from the log by a broker that does not know of ZooKeeper.
      bool is_left_over = in_log == nullptr && copy.in_log;
      if (counts || is_copied) to_copy.erase(partition);
      if (is_left_over) to_copy.insert(partition);
    }
  } else {
    for (const auto& [partition, copy] : *stored) {
      if (copy.in_log) to_copy.insert(partition);
      if (copy.is_ours && !copy.in_log) to_adopt.push_back({partition, copy.committed, {}});
    }
  }
  if (!to_adopt.empty()) adopt(group, to_adopt);
  if (!to_copy.empty()) {
    base::MutexLock lock(mutex_);
    owed_[group].merge(to_copy);
  }
  schedule_catch_up(0);
  return {};
}

}  // namespace odradek::group
