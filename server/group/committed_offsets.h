// CommittedOffsets: takes commits of offsets and answers what is committed, where offsets.storage
// says.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/group/group_log.h"
#include "server/group/group_table.h"
#include "server/group/offset_mirror.h"
#include "server/group/offset_store.h"
#include "server/group/types.h"

namespace odradek::group {

struct CommittedOffsetsOptions {
  OffsetStorage storage = OffsetStorage::kZooKeeper;
  std::int32_t metadata_max_length = 4096;  // in UTF-16 units, as Java counts
};

struct FetchedOffset {
  CommittedOffset committed;  // offset -1: none
  ErrorCode error = ErrorCode::kNone;
};
using FetchedOffsets = std::vector<std::pair<protocol::TopicPartition, FetchedOffset>>;

// Safe from any thread.
class CommittedOffsets {
 public:
  // One error per offset, in their order.
  using CommitCallback = std::function<void(std::vector<ErrorCode>)>;

  CommittedOffsets(const CommittedOffsetsOptions& options, GroupTable& table, GroupLog& log,
                   OffsetStore& store, OffsetMirror& mirror, const base::Clock& clock);

  // The callback runs once the offsets are where they belong, on any thread and without locks.
  // Of `both`, ZooKeeper is waited for only while it is there; what it misses it gets later.
  void commit(const MemberIdentity& identity, std::vector<OffsetToCommit> offsets,
              CommitCallback callback);
  // Of old consumers, who know no members: any broker writes it into ZooKeeper.
  void commit_by_old_consumer(const std::string& group, std::vector<OffsetToCommit> offsets,
                              CommitCallback callback);
  // Takes into the log what ZooKeeper alone has, unless the log has changed since the two were
  // compared.
  void adopt(const std::string& group, const std::vector<OffsetToAdopt>& offsets);

  // Whether a fetch now asks ZooKeeper, and so belongs where waiting is allowed.
  bool fetch_waits() const;
  // In the order asked. `require_stable`: UNSTABLE_OFFSET_COMMIT for what may change yet by a
  // commit under way. An error only where ZooKeeper had to be asked and did not answer.
  base::Result<FetchedOffsets> fetch(const std::string& group,
                                     const std::vector<protocol::TopicPartition>& partitions,
                                     bool require_stable);
  base::Result<FetchedOffsets> fetch_all(const std::string& group, bool require_stable);
  base::Result<FetchedOffsets> fetch_by_old_consumer(
      const std::string& group, const std::vector<protocol::TopicPartition>& partitions);
  base::Result<FetchedOffsets> fetch_all_by_old_consumer(const std::string& group);

 private:
  // One commit on its way.
  struct Commit {
    GroupEntryPtr entry;
    std::vector<OffsetToCommit> offsets;  // those that are not refused
    std::vector<ErrorCode> errors;        // of all that were asked for; kNone where not refused
    CommitToken token = 0;
    CommitCallback callback;

    void answer(ErrorCode error);
  };
  using CommitPtr = std::shared_ptr<Commit>;
  using Copies = std::vector<std::pair<protocol::TopicPartition, StoredCopy>>;

  CommitPtr make_commit(std::vector<OffsetToCommit> offsets, CommitCallback callback) const;
  void store_in_zookeeper(const std::string& group, CommitKind kind, const CommitPtr& commit);
  ErrorCode find_for_commit(const MemberIdentity& identity, GroupEntryPtr& entry);
  ErrorCode enqueue(const MemberIdentity& identity, const CommitPtr& commit);
  void enqueue_in_log(const CommitPtr& commit) REQUIRES(commit->entry->mutex);
  void on_written(const CommitPtr& commit, Written written);
  // What the log has, and of `copies` what counts more.
  FetchedOffsets merge(const std::string& group, FetchedOffsets in_log, const Copies& copies);
  std::vector<OffsetToAdopt> still_in_zookeeper(const std::string& group,
                                                std::vector<OffsetToAdopt> found);
  FetchedOffsets from_log(const std::string& group,
                          const std::vector<protocol::TopicPartition>& partitions,
                          bool require_stable);
  FetchedOffsets all_from_log(const std::string& group, bool require_stable);
  base::Result<Copies> copies_of(const std::string& group,
                                 const std::vector<protocol::TopicPartition>& partitions);

  const CommittedOffsetsOptions options_;
  GroupTable& table_;
  GroupLog& log_;
  OffsetStore& store_;
  OffsetMirror& mirror_;
  const base::Clock& clock_;
};

}  // namespace odradek::group
