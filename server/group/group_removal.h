// GroupRemoval: takes groups and offsets away, because somebody asked for it, because they are kept
// for long enough, or because their topic is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/group/group_log.h"
#include "server/group/group_table.h"
#include "server/group/offset_mirror.h"
#include "server/group/offset_store.h"
#include "server/group/types.h"

namespace odradek::group {

struct GroupRemovalOptions {
  OffsetStorage storage = OffsetStorage::kZooKeeper;
  std::int64_t retention_ms = 7LL * 24 * 60 * 60 * 1000;
};

// Safe from any thread. Callbacks come once the log and ZooKeeper, where they count, have it.
class GroupRemoval {
 public:
  using GroupCallback = std::function<void(ErrorCode)>;
  // The group's error, or one per partition.
  using OffsetsCallback = std::function<void(ErrorCode, std::vector<ErrorCode>)>;

  GroupRemoval(const GroupRemovalOptions& options, GroupTable& table, GroupLog& log,
               OffsetStore& store, OffsetMirror& mirror, const base::Clock& clock);

  // GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP, or that this broker does not coordinate it.
  void remove_group(const std::string& group_id, GroupCallback callback);
  // Also NON_EMPTY_GROUP for a group whose subscriptions cannot be known; per partition
  // GROUP_SUBSCRIBED_TO_TOPIC.
  void remove_offsets(const std::string& group_id, std::vector<protocol::TopicPartition> partitions,
                      OffsetsCallback callback);
  // What offsets.retention.minutes says is over. Offsets that ZooKeeper alone has never expire, as
  // those of old consumers never did.
  void remove_expired();
  void remove_deleted_partitions(const std::vector<protocol::TopicPartition>& partitions);

 private:
  class Pending;

  ErrorCode check_reachable() const;
  ErrorCode begin_removal(const GroupEntryPtr& entry, const std::shared_ptr<Pending>& pending)
      REQUIRES(entry->mutex);
  // Removes the offsets from memory and queues their tombstones; without any offset left an empty
  // group is dead, and goes too.
  void remove(const GroupEntryPtr& entry, const std::vector<protocol::TopicPartition>& partitions,
              const std::shared_ptr<Pending>& pending) REQUIRES(entry->mutex);
  void write_tombstones(const GroupEntryPtr& entry, std::vector<GroupRecord> tombstones,
                        const std::shared_ptr<Pending>& pending);
  void remove_from_zookeeper(const std::string& group_id,
                             const std::vector<protocol::TopicPartition>& partitions,
                             RemovalKind kind, const std::shared_ptr<Pending>& pending);
  void settle(const GroupEntryPtr& entry);

  const GroupRemovalOptions options_;
  GroupTable& table_;
  GroupLog& log_;
  OffsetStore& store_;
  OffsetMirror& mirror_;
  const base::Clock& clock_;
};

}  // namespace odradek::group
