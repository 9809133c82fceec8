#include "server/group/loader.h"

#include <string>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/record/batch.h"

namespace odradek::group {
namespace {

using protocol::Offset;

// Applies the whole batches of the slice; where the next one begins.
base::Result<Offset> apply_slice(const protocol::FileSlice& slice, Offset from, base::Bytes& buffer,
                                 Replay& replay) {
  buffer.resize(static_cast<std::size_t>(slice.size_bytes));
  base::Status read = slice.file->read_fully_at(buffer, slice.position);
  if (!read) return read.error();
  protocol::BatchReader batches(buffer);
  Offset next = from;
  for (;;) {
    auto batch = batches.next();
    if (!batch) return batch.error();
    if (!*batch) return next;
    replay.apply(**batch);
    next = (*batch)->next_offset();
  }
}

}  // namespace

GroupLoader::GroupLoader(std::int32_t buffer_size_bytes, GroupTable& table,
                         GroupCoordinator& coordinator, replica::ReplicaSet& replicas,
                         base::Scheduler& scheduler, OffsetMirror& mirror,
                         OffsetMirror::Adopt adopt)
    : buffer_size_bytes_(buffer_size_bytes),
      table_(table),
      coordinator_(coordinator),
      replicas_(replicas),
      scheduler_(scheduler),
      mirror_(mirror),
      adopt_(std::move(adopt)) {}

void GroupLoader::led(std::int32_t partition, protocol::LeaderEpoch epoch) {
  if (!table_.start_loading(partition, epoch)) return;
  scheduler_.schedule(
      "load-groups", [this, partition, epoch] { load(partition, epoch); }, 0);
}

void GroupLoader::lost(std::int32_t partition, std::optional<protocol::LeaderEpoch> epoch) {
  std::vector<GroupEntryPtr> groups = table_.remove_partition(partition, epoch);
  coordinator_.unloaded(groups);
  for (const GroupEntryPtr& entry : groups) mirror_.forget(entry->id);
  if (!groups.empty()) {
    LOG(INFO) << "the " << groups.size() << " groups of " << kTopic << "-" << partition
              << " are coordinated by another broker from now on";
  }
}

void GroupLoader::load(std::int32_t partition, protocol::LeaderEpoch epoch) {
  Replay replay;
  base::Status read_all = read(partition, epoch, replay);
  if (!read_all && table_.is_loading(partition, epoch)) {
    LOG(WARNING) << "the groups of " << kTopic << "-" << partition
                 << " cannot be loaded, next try in " << kRetryMs
                 << " ms: " << read_all.error().message;
    scheduler_.schedule(
        "load-groups", [this, partition, epoch] { load(partition, epoch); }, kRetryMs);
    return;
  }
  if (replay.damaged() > 0) {
    LOG(ERROR) << replay.damaged() << " records of " << kTopic << "-" << partition
               << " cannot be read, and the commits in them are lost; the first: "
               << replay.first_damage();
  }
  std::vector<GroupEntryPtr> groups = entries_of(partition, replay);
  if (!table_.finish_loading(partition, epoch, groups)) return;
  LOG(INFO) << "[epoch " << epoch << "] coordinating the " << groups.size() << " groups of "
            << kTopic << "-" << partition;
  coordinator_.loaded(groups);
  mirror_.loaded(partition, adopt_);
}

base::Status GroupLoader::read(std::int32_t partition, protocol::LeaderEpoch epoch,
                               Replay& replay) {
  auto led = replicas_.leader({kTopic, partition});
  if (!led) return led.error();
  log::LogPtr log = (*led)->log();
  if (log == nullptr) {
    return base::Error(ErrorCode::kNotLeaderOrFollower,
                       "partition " + (*led)->name().to_string() + " has no log here any more");
  }
  base::Bytes buffer;
  Offset next = log->log_start_offset();
  while (next < log->log_end_offset() && table_.is_loading(partition, epoch)) {
    auto found = log->read({.start_offset = next,
                            .max_bytes = buffer_size_bytes_,
                            .upper_bound = log->log_end_offset(),
                            .min_one_message = true});
    if (!found) return found.error();
    if (found->slice.size_bytes == 0) break;
    auto applied = apply_slice(found->slice, next, buffer, replay);
    if (!applied) return applied.error();
    if (*applied <= next) break;
    next = *applied;
  }
  return {};
}

std::vector<GroupEntryPtr> GroupLoader::entries_of(std::int32_t partition, Replay& replay) {
  std::vector<GroupEntryPtr> entries;
  for (auto& [id, replayed] : replay.take()) {
    auto entry = std::make_shared<GroupEntry>(id, partition);
    base::MutexLock lock(entry->mutex);
    if (replayed.metadata) entry->group.restore(*replayed.metadata);
    entry->offsets = std::move(replayed.offsets);
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace odradek::group
