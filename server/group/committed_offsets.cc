#include "server/group/committed_offsets.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "server/group/group_records.h"
#include "server/group/member_checks.h"

namespace odradek::group {

using protocol::TopicPartition;

namespace {

std::size_t utf16_length(const std::string& text) {
  std::size_t units = 0;
  for (char character : text) {
    auto byte = static_cast<unsigned char>(character);
    if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

// What the client is told when the commit could not be written.
ErrorCode commit_error(ErrorCode error) {
  switch (error) {
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
      return ErrorCode::kInvalidCommitOffsetSize;
    default:
      return error_of_write(error);
  }
}

FetchedOffset fetched(const GroupOffsets& offsets, const TopicPartition& partition,
                      bool require_stable) {
  if (require_stable && offsets.is_unstable(partition)) {
    return {.committed = {}, .error = ErrorCode::kUnstableOffsetCommit};
  }
  const CommittedOffset* committed = offsets.find(partition);
  return {.committed = committed == nullptr ? CommittedOffset() : *committed};
}

}  // namespace

void CommittedOffsets::Commit::answer(ErrorCode error) {
  for (ErrorCode& each : errors) {
    if (each == ErrorCode::kNone) each = error;
  }
  callback(std::move(errors));
}

CommittedOffsets::CommittedOffsets(const CommittedOffsetsOptions& options, GroupTable& table,
                                   GroupLog& log, OffsetStore& store, OffsetMirror& mirror,
                                   const base::Clock& clock)
    : options_(options), table_(table), log_(log), store_(store), mirror_(mirror), clock_(clock) {}

ErrorCode CommittedOffsets::find_for_commit(const MemberIdentity& identity, GroupEntryPtr& entry) {
  ErrorCode error = table_.check(identity.group_id);
  if (error != ErrorCode::kNone) return error;
  bool has_no_generation = identity.generation < 0;
  entry =
      has_no_generation ? table_.find_or_create(identity.group_id) : table_.find(identity.group_id);
  if (entry != nullptr) return ErrorCode::kNone;
  return has_no_generation ? ErrorCode::kNotCoordinator : ErrorCode::kIllegalGeneration;
}

CommittedOffsets::CommitPtr CommittedOffsets::make_commit(std::vector<OffsetToCommit> offsets,
                                                          CommitCallback callback) const {
  auto commit = std::make_shared<Commit>();
  commit->callback = std::move(callback);
  for (OffsetToCommit& offset : offsets) {
    bool is_too_large = utf16_length(offset.committed.metadata) >
                        static_cast<std::size_t>(options_.metadata_max_length);
    commit->errors.push_back(is_too_large ? ErrorCode::kOffsetMetadataTooLarge : ErrorCode::kNone);
    if (!is_too_large) commit->offsets.push_back(std::move(offset));
  }
  return commit;
}

void CommittedOffsets::commit(const MemberIdentity& identity, std::vector<OffsetToCommit> offsets,
                              CommitCallback callback) {
  CommitPtr commit = make_commit(std::move(offsets), std::move(callback));
  ErrorCode error = enqueue(identity, commit);
  if (error != ErrorCode::kNone) {
    std::fill(commit->errors.begin(), commit->errors.end(), ErrorCode::kNone);
    return commit->answer(error);
  }
  if (options_.storage == OffsetStorage::kZooKeeper) {
    return store_in_zookeeper(identity.group_id, CommitKind::kAlone, commit);
  }
  if (commit->offsets.empty()) return commit->answer(ErrorCode::kNone);
  log_.flush(commit->entry->partition);
}

void CommittedOffsets::commit_by_old_consumer(const std::string& group,
                                              std::vector<OffsetToCommit> offsets,
                                              CommitCallback callback) {
  store_in_zookeeper(group, CommitKind::kDecimal,
                     make_commit(std::move(offsets), std::move(callback)));
}

void CommittedOffsets::store_in_zookeeper(const std::string& group, CommitKind kind,
                                          const CommitPtr& commit) {
  if (commit->offsets.empty()) return commit->answer(ErrorCode::kNone);
  store_.commit(group, commit->offsets, kind, [commit](const std::vector<ErrorCode>& stored) {
    std::size_t next = 0;
    for (ErrorCode& each : commit->errors) {
      if (each == ErrorCode::kNone) each = stored[next++];
    }
    commit->answer(ErrorCode::kNone);
  });
}

ErrorCode CommittedOffsets::enqueue(const MemberIdentity& identity, const CommitPtr& commit) {
  ErrorCode error = find_for_commit(identity, commit->entry);
  if (error != ErrorCode::kNone) return error;
  base::MutexLock lock(commit->entry->mutex);
  Group& group = commit->entry->group;
  error = check_commit(group, identity);
  if (error != ErrorCode::kNone) return error;
  if (Member* member = group.member(identity.member_id)) {
    member->last_seen_ms = clock_.monotonic_ms();
  }
  bool goes_into_log = options_.storage != OffsetStorage::kZooKeeper && !commit->offsets.empty();
  if (goes_into_log) enqueue_in_log(commit);
  return ErrorCode::kNone;
}

void CommittedOffsets::enqueue_in_log(const CommitPtr& commit) {
  GroupEntry& entry = *commit->entry;
  std::vector<GroupRecord> records;
  records.reserve(commit->offsets.size());
  for (const OffsetToCommit& offset : commit->offsets) {
    records.push_back(offset_record(entry.id, offset, log_.between_brokers()));
  }
  commit->token = commit->entry->offsets.begin(commit->offsets);
  log_.enqueue(entry.partition, std::move(records),
               [this, commit](Written written) { on_written(commit, written); });
}

void CommittedOffsets::on_written(const CommitPtr& commit, Written written) {
  GroupEntry& entry = *commit->entry;
  ErrorCode error = commit_error(written.error);
  bool is_copied_later = false;
  {
    base::MutexLock lock(entry.mutex);
    if (error == ErrorCode::kNone) {
      entry.offsets.complete(commit->token, commit->offsets, written.first_offset);
    } else {
      entry.offsets.fail(commit->token, commit->offsets);
    }
    bool is_mirrored = options_.storage == OffsetStorage::kBoth && error == ErrorCode::kNone &&
                       entry.group.state() != GroupState::kDead;
    is_copied_later = is_mirrored && mirror_.copy(entry.id, commit->offsets,
                                                  [commit] { commit->answer(ErrorCode::kNone); });
  }
  if (!is_copied_later) commit->answer(error);
}

void CommittedOffsets::adopt(const std::string& group, const std::vector<OffsetToAdopt>& offsets) {
  auto commit = std::make_shared<Commit>();
  commit->entry = table_.find_or_create(group);
  commit->callback = [](const std::vector<ErrorCode>&) {};  // tried again by the next who asks
  if (commit->entry == nullptr) return;
  GroupEntry& entry = *commit->entry;
  {
    base::MutexLock lock(commit->entry->mutex);
    if (commit->entry->group.state() == GroupState::kDead) return;
    for (const OffsetToAdopt& offset : offsets) {
      const CommittedOffset* known = commit->entry->offsets.find(offset.partition);
      bool is_unchanged = (known == nullptr ? CommittedOffset() : *known) == offset.in_log;
      if (is_unchanged && !commit->entry->offsets.is_on_its_way(offset.partition)) {
        commit->offsets.push_back({offset.partition, offset.committed});
      }
    }
    if (commit->offsets.empty()) return;
    enqueue_in_log(commit);
  }
  LOG(INFO) << "[group " << group << "] " << commit->offsets.size()
            << " offsets that ZooKeeper alone has are taken into the log";
  log_.flush(entry.partition);
}

bool CommittedOffsets::fetch_waits() const {
  return options_.storage == OffsetStorage::kZooKeeper ||
         (options_.storage == OffsetStorage::kBoth && mirror_.is_connected());
}

FetchedOffsets CommittedOffsets::from_log(const std::string& group,
                                          const std::vector<TopicPartition>& partitions,
                                          bool require_stable) {
  FetchedOffsets offsets;
  offsets.reserve(partitions.size());
  GroupEntryPtr entry = table_.find(group);
  if (entry == nullptr) {
    for (const TopicPartition& partition : partitions) offsets.push_back({partition, {}});
    return offsets;
  }
  base::MutexLock lock(entry->mutex);
  for (const TopicPartition& partition : partitions) {
    offsets.push_back({partition, fetched(entry->offsets, partition, require_stable)});
  }
  return offsets;
}

FetchedOffsets CommittedOffsets::all_from_log(const std::string& group, bool require_stable) {
  FetchedOffsets offsets;
  GroupEntryPtr entry = table_.find(group);
  if (entry == nullptr) return offsets;
  base::MutexLock lock(entry->mutex);
  for (const OffsetToCommit& offset : entry->offsets.all()) {
    offsets.push_back(
        {offset.partition, fetched(entry->offsets, offset.partition, require_stable)});
  }
  return offsets;
}

base::Result<CommittedOffsets::Copies> CommittedOffsets::copies_of(
    const std::string& group, const std::vector<TopicPartition>& partitions) {
  auto stored = store_.fetch(group, partitions);
  if (!stored) return stored.error();
  Copies copies;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if ((*stored)[i]) copies.emplace_back(partitions[i], std::move(*(*stored)[i]));
  }
  return copies;
}

// Ours that is removed between the reading of its decimal and of its details looks like an old
// client's, and must not come back.
std::vector<OffsetToAdopt> CommittedOffsets::still_in_zookeeper(const std::string& group,
                                                                std::vector<OffsetToAdopt> found) {
  std::vector<TopicPartition> partitions;
  partitions.reserve(found.size());
  for (const OffsetToAdopt& offset : found) partitions.push_back(offset.partition);
  auto copies = store_.fetch(group, partitions);
  std::vector<OffsetToAdopt> there;
  for (std::size_t i = 0; copies && i < found.size(); ++i) {
    const auto& copy = (*copies)[i];
    bool is_there = copy && !copy->in_log && copy->committed.offset == found[i].committed.offset;
    if (is_there) there.push_back(std::move(found[i]));
  }
  return there;
}

FetchedOffsets CommittedOffsets::merge(const std::string& group, FetchedOffsets in_log,
                                       const Copies& copies) {
  std::map<TopicPartition, std::size_t> places;
  for (std::size_t i = 0; i < in_log.size(); ++i) places[in_log[i].first] = i;
  std::vector<OffsetToAdopt> to_adopt;
  for (const auto& [partition, copy] : copies) {
    auto place = places.find(partition);
    if (place == places.end()) {
      if (!zookeeper_counts(nullptr, copy)) continue;
      in_log.push_back({partition, {.committed = copy.committed}});
      to_adopt.push_back({partition, copy.committed, {}});
    } else {
      FetchedOffset& known = in_log[place->second].second;
      bool is_known = known.committed.offset >= 0;
      if (known.error != ErrorCode::kNone ||
          !zookeeper_counts(is_known ? &known.committed : nullptr, copy)) {
        continue;
      }
      to_adopt.push_back({partition, copy.committed, known.committed});
      // It counts, so it is not older, even where the clocks of the two disagree.
      std::int64_t& time_ms = to_adopt.back().committed.commit_time_ms;
      time_ms = std::max(time_ms, known.committed.commit_time_ms);
      known.committed = copy.committed;
    }
  }
  if (!to_adopt.empty()) to_adopt = still_in_zookeeper(group, std::move(to_adopt));
  if (!to_adopt.empty()) adopt(group, to_adopt);
  return in_log;
}

base::Result<FetchedOffsets> CommittedOffsets::fetch(const std::string& group,
                                                     const std::vector<TopicPartition>& partitions,
                                                     bool require_stable) {
  if (options_.storage == OffsetStorage::kZooKeeper) {
    return fetch_by_old_consumer(group, partitions);
  }
  FetchedOffsets in_log = from_log(group, partitions, require_stable);
  if (!fetch_waits()) return in_log;
  auto copies = copies_of(group, partitions);
  return copies ? merge(group, std::move(in_log), *copies) : in_log;
}

base::Result<FetchedOffsets> CommittedOffsets::fetch_all(const std::string& group,
                                                         bool require_stable) {
  if (options_.storage == OffsetStorage::kZooKeeper) return fetch_all_by_old_consumer(group);
  FetchedOffsets in_log = all_from_log(group, require_stable);
  if (!fetch_waits()) return in_log;
  auto copies = store_.fetch_all(group);
  return copies ? merge(group, std::move(in_log), *copies) : in_log;
}

base::Result<FetchedOffsets> CommittedOffsets::fetch_by_old_consumer(
    const std::string& group, const std::vector<TopicPartition>& partitions) {
  auto stored = store_.fetch(group, partitions);
  if (!stored) return stored.error();
  FetchedOffsets offsets;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    FetchedOffset offset;
    if ((*stored)[i]) offset.committed = std::move((*stored)[i]->committed);
    offsets.push_back({partitions[i], std::move(offset)});
  }
  return offsets;
}

base::Result<FetchedOffsets> CommittedOffsets::fetch_all_by_old_consumer(const std::string& group) {
  auto stored = store_.fetch_all(group);
  if (!stored) return stored.error();
  FetchedOffsets offsets;
  for (auto& [partition, copy] : *stored) {
    offsets.push_back({partition, {.committed = std::move(copy.committed)}});
  }
  return offsets;
}

}  // namespace odradek::group
