#include "server/group/group_removal.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "server/group/expiry.h"
#include "server/group/group_records.h"

namespace odradek::group {

using protocol::TopicPartition;

namespace {

// So many tombstones fit into a batch whatever the topic's message.max.bytes is.
constexpr std::size_t kTombstonesPerWrite = 500;

ErrorCode removal_error(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
      return ErrorCode::kNone;
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kKafkaStorageError:
      return ErrorCode::kNotCoordinator;
    default:
      return ErrorCode::kCoordinatorNotAvailable;
  }
}

}  // namespace

// Counts what has to come about before the answer, which the last one to let go gives.
class GroupRemoval::Pending {
 public:
  explicit Pending(GroupCallback callback) : callback_(std::move(callback)) {}
  ~Pending() { callback_(error()); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  void note(ErrorCode error) {
    base::MutexLock lock(mutex_);
    if (error_ == ErrorCode::kNone) error_ = error;
  }
  ErrorCode error() {
    base::MutexLock lock(mutex_);
    return error_;
  }

 private:
  const GroupCallback callback_;
  base::Mutex mutex_;
  ErrorCode error_ GUARDED_BY(mutex_) = ErrorCode::kNone;
};

GroupRemoval::GroupRemoval(const GroupRemovalOptions& options, GroupTable& table, GroupLog& log,
                           OffsetStore& store, OffsetMirror& mirror, const base::Clock& clock)
    : options_(options), table_(table), log_(log), store_(store), mirror_(mirror), clock_(clock) {}

// What ZooKeeper alone has of the group would come back with the next fetch.
ErrorCode GroupRemoval::check_reachable() const {
  bool is_reachable = options_.storage == OffsetStorage::kKafka || mirror_.is_connected();
  return is_reachable ? ErrorCode::kNone : ErrorCode::kCoordinatorNotAvailable;
}

void GroupRemoval::remove_group(const std::string& group_id, GroupCallback callback) {
  auto pending = std::make_shared<Pending>(std::move(callback));
  ErrorCode error = table_.check(group_id);
  GroupEntryPtr entry = table_.find(group_id);
  if (error == ErrorCode::kNone && entry == nullptr) error = ErrorCode::kGroupIdNotFound;
  if (error == ErrorCode::kNone) error = check_reachable();
  if (error != ErrorCode::kNone) return pending->note(error);
  {
    base::MutexLock lock(entry->mutex);
    error = begin_removal(entry, pending);
  }
  if (error != ErrorCode::kNone) return pending->note(error);
  LOG(INFO) << "[group " << group_id << "] is deleted, because somebody asked for it";
  settle(entry);
}

ErrorCode GroupRemoval::begin_removal(const GroupEntryPtr& entry,
                                      const std::shared_ptr<Pending>& pending) {
  switch (entry->group.state()) {
    case GroupState::kDead:
      return ErrorCode::kGroupIdNotFound;
    case GroupState::kStable:
    case GroupState::kPreparingRebalance:
    case GroupState::kCompletingRebalance:
      return ErrorCode::kNonEmptyGroup;
    case GroupState::kEmpty:
      break;
  }
  std::vector<GroupRecord> tombstones;
  for (const OffsetToCommit& offset : entry->offsets.all()) {
    tombstones.push_back(offset_tombstone(entry->id, offset.partition));
  }
  entry->offsets = GroupOffsets();
  entry->group.transition_to(GroupState::kDead, clock_.wall_ms());
  if (entry->group.generation() > 0) tombstones.push_back(metadata_tombstone(entry->id));
  write_tombstones(entry, std::move(tombstones), pending);
  mirror_.forget(entry->id);
  remove_from_zookeeper(entry->id, {}, RemovalKind::kWholeGroup, pending);
  return ErrorCode::kNone;
}

void GroupRemoval::remove_offsets(const std::string& group_id,
                                  std::vector<TopicPartition> partitions,
                                  OffsetsCallback callback) {
  std::vector<ErrorCode> errors(partitions.size(), ErrorCode::kNone);
  ErrorCode error = table_.check(group_id);
  if (group_id.empty()) error = ErrorCode::kInvalidGroupId;
  GroupEntryPtr entry = table_.find(group_id);
  if (error == ErrorCode::kNone && entry == nullptr) error = ErrorCode::kGroupIdNotFound;
  if (error == ErrorCode::kNone) error = check_reachable();
  if (error != ErrorCode::kNone) return callback(error, {});
  std::shared_ptr<Pending> pending;
  {
    base::MutexLock lock(entry->mutex);
    Group& group = entry->group;
    if (group.state() == GroupState::kDead) error = ErrorCode::kGroupIdNotFound;
    bool has_members = error == ErrorCode::kNone && group.state() != GroupState::kEmpty;
    if (has_members && group.protocol_type() != "consumer") error = ErrorCode::kNonEmptyGroup;
    std::vector<TopicPartition> removable;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      if (has_members && group.is_subscribed_to(partitions[i].topic)) {
        errors[i] = ErrorCode::kGroupSubscribedToTopic;
      } else {
        removable.push_back(partitions[i]);
      }
    }
    if (error == ErrorCode::kNone) {
      pending = std::make_shared<Pending>([callback, errors](ErrorCode failure) {
        callback(failure, failure == ErrorCode::kNone ? errors : std::vector<ErrorCode>());
      });
      if (!removable.empty()) {
        remove(entry, removable, pending);
        remove_from_zookeeper(group_id, removable, RemovalKind::kAnybodys, pending);
      }
    }
  }
  if (error != ErrorCode::kNone) return callback(error, {});
  settle(entry);
}

void GroupRemoval::remove(const GroupEntryPtr& entry, const std::vector<TopicPartition>& partitions,
                          const std::shared_ptr<Pending>& pending) {
  std::vector<GroupRecord> tombstones;
  for (const TopicPartition& partition : partitions) {
    bool was_committed = entry->offsets.find(partition) != nullptr;
    bool was_on_its_way = entry->offsets.is_on_its_way(partition);
    entry->offsets.remove(partition);
    if (was_committed || was_on_its_way) {
      tombstones.push_back(offset_tombstone(entry->id, partition));
    }
  }
  Group& group = entry->group;
  bool is_over = options_.storage != OffsetStorage::kZooKeeper &&
                 group.state() == GroupState::kEmpty && group.pending_joins().empty() &&
                 !entry->offsets.has_any();
  if (is_over) {
    LOG(INFO) << "[group " << entry->id << "] is dead in generation " << group.generation()
              << ": it has neither members nor offsets";
    group.transition_to(GroupState::kDead, clock_.wall_ms());
    // A group that only stored offsets was never written.
    if (group.generation() > 0) tombstones.push_back(metadata_tombstone(entry->id));
  }
  write_tombstones(entry, std::move(tombstones), pending);
}

void GroupRemoval::write_tombstones(const GroupEntryPtr& entry, std::vector<GroupRecord> tombstones,
                                    const std::shared_ptr<Pending>& pending) {
  for (std::size_t begin = 0; begin < tombstones.size(); begin += kTombstonesPerWrite) {
    auto first = tombstones.begin() + static_cast<std::ptrdiff_t>(begin);
    auto last = tombstones.begin() + static_cast<std::ptrdiff_t>(
                                         std::min(begin + kTombstonesPerWrite, tombstones.size()));
    std::vector<GroupRecord> records(std::make_move_iterator(first), std::make_move_iterator(last));
    log_.enqueue_tombstones(entry->partition, std::move(records), [pending](Written written) {
      pending->note(removal_error(written.error));
    });
  }
}

void GroupRemoval::remove_from_zookeeper(const std::string& group_id,
                                         const std::vector<TopicPartition>& partitions,
                                         RemovalKind kind,
                                         const std::shared_ptr<Pending>& pending) {
  if (options_.storage == OffsetStorage::kKafka) return;
  std::vector<OffsetToCommit> offsets;
  for (const TopicPartition& partition : partitions) offsets.push_back({partition, {}});
  // The store answers per offset named.
  if (kind == RemovalKind::kWholeGroup) offsets.emplace_back();
  ErrorCode refusal = store_.try_remove(group_id, std::move(offsets), kind,
                                        [pending](const std::vector<ErrorCode>& errors) {
                                          for (ErrorCode error : errors) pending->note(error);
                                        });
  pending->note(refusal);
}

// Without locks: the log is written, and a dead group is forgotten.
void GroupRemoval::settle(const GroupEntryPtr& entry) {
  bool is_dead = false;
  {
    base::MutexLock lock(entry->mutex);
    is_dead = entry->group.state() == GroupState::kDead;
  }
  if (is_dead) table_.erase(entry);
  log_.flush(entry->partition);
}

void GroupRemoval::remove_expired() {
  if (options_.storage == OffsetStorage::kZooKeeper) return;
  std::int64_t now_ms = clock_.wall_ms();
  std::size_t removed = 0;
  for (const GroupEntryPtr& entry : table_.all()) {
    auto pending = std::make_shared<Pending>([](ErrorCode) {});
    {
      base::MutexLock lock(entry->mutex);
      if (entry->group.state() == GroupState::kDead) continue;
      auto expired = expired_offsets(entry->group, entry->offsets, options_.retention_ms, now_ms);
      removed += expired.size();
      remove(entry, expired, pending);
      if (options_.storage == OffsetStorage::kBoth && !expired.empty()) {
        mirror_.owe(entry->id, expired);
      }
    }
    settle(entry);
  }
  if (removed > 0) LOG(INFO) << removed << " offsets have expired (offsets.retention.minutes)";
}

void GroupRemoval::remove_deleted_partitions(const std::vector<TopicPartition>& partitions) {
  for (const GroupEntryPtr& entry : table_.all()) {
    auto pending = std::make_shared<Pending>([](ErrorCode) {});
    {
      base::MutexLock lock(entry->mutex);
      if (entry->group.state() == GroupState::kDead) continue;
      std::vector<TopicPartition> known;
      for (const TopicPartition& partition : partitions) {
        bool is_known =
            entry->offsets.find(partition) != nullptr || entry->offsets.is_unstable(partition);
        if (is_known) known.push_back(partition);
      }
      if (known.empty()) continue;
      remove(entry, known, pending);
      if (options_.storage == OffsetStorage::kBoth) mirror_.owe(entry->id, known);
    }
    settle(entry);
  }
}

}  // namespace odradek::group
