#include "server/log/log_loader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/errors.h"
#include "server/log/checkpoint_file.h"
#include "server/log/log_directory.h"
#include "server/log/partition_metadata.h"
#include "server/log/producer_snapshot.h"
#include "server/log/segment_recovery.h"

namespace odradek::log {

namespace {

// One load, step by step.
class LogLoader {
 public:
  LogLoader(const protocol::TopicPartition& partition, const LogContext& context,
            const LogOptions& options, const LoadSpec& spec)
      : partition_(partition), context_(context), options_(options), spec_(spec) {}

  base::Result<LoadedLog> run();

 private:
  base::Status open_segments(const LogDirectory& directory);
  base::Status load_epochs(const LogDirectory& directory);
  base::Status collect_lost_epochs();
  base::Status add_segment(protocol::Offset base_offset);
  base::Status check_transaction_index(Segment& segment);
  base::Result<bool> has_sound_indexes(Segment& segment) const;
  base::Status recover();
  base::Status recover_one(std::size_t number, bool* cut);
  base::Status drop_segments_after(std::size_t number);
  base::Status find_end();

  const protocol::TopicPartition& partition_;
  const LogContext& context_;
  const LogOptions& options_;
  const LoadSpec& spec_;
  LoadedLog log_;
  std::set<protocol::Offset> rebuild_;  // segments to be checked whole, whatever the stop was like
  std::vector<protocol::Offset> snapshots_;
  bool changed_ = false;
  bool epochs_lost_ = false;
};

base::Status LogLoader::add_segment(protocol::Offset base_offset) {
  auto segment = std::make_shared<Segment>(context_.files, spec_.directory, base_offset, 0,
                                           context_.clock.wall_ms());
  base::Status created = segment->create();
  if (created.ok()) log_.segments.push_back(std::move(segment));
  return created;
}

base::Result<bool> LogLoader::has_sound_indexes(Segment& segment) const {
  IndexFile& offset_file = segment.offset_index().file();
  IndexFile& time_file = segment.time_index().file();
  auto offsets = base::path_attributes(offset_file.path());
  if (!offsets.ok()) return offsets.error();
  auto times = base::path_attributes(time_file.path());
  if (!times.ok()) return times.error();
  std::int64_t size_bytes = segment.size_bytes();
  if (offsets->type == base::FileType::kMissing || times->type == base::FileType::kMissing) {
    return size_bytes == 0;
  }
  offset_file.assume_size(offsets->size_bytes);
  time_file.assume_size(times->size_bytes);
  if (offsets->size_bytes % OffsetIndex::kEntrySize != 0) return false;
  if (times->size_bytes % TimeIndex::kEntrySize != 0) return false;
  // A batch gets an entry when more than the interval lies before it: a larger segment has one,
  // unless its index was lost.
  std::int64_t unindexed_bytes = options_.index_interval_bytes;
  return offsets->size_bytes > 0 || size_bytes <= unindexed_bytes + options_.max_message_bytes;
}

base::Status LogLoader::open_segments(const LogDirectory& directory) {
  for (protocol::Offset base_offset : directory.segments) {
    auto file =
        base::path_attributes(spec_.directory + "/" + segment_file_name(base_offset, kLogSuffix));
    if (!file.ok()) return file.error();
    log_.segments.push_back(std::make_shared<Segment>(context_.files, spec_.directory, base_offset,
                                                      file->size_bytes, context_.clock.wall_ms()));
    auto sound = has_sound_indexes(*log_.segments.back());
    if (!sound.ok()) return sound.error();
    if (!*sound && !rebuild_.contains(base_offset)) {
      LOG(WARNING) << partition_.to_string() << ": the indexes of segment " << base_offset
                   << " are missing or damaged, they are made again";
      rebuild_.insert(base_offset);
    }
    if (!directory.names.contains(segment_file_name(base_offset, kTransactionIndexSuffix)))
      continue;
    base::Status checked = check_transaction_index(*log_.segments.back());
    if (!checked.ok()) return checked;
  }
  if (log_.segments.empty()) return add_segment(spec_.log_start_offset);
  return {};
}

base::Status LogLoader::check_transaction_index(Segment& segment) {
  auto entries = segment.transaction_index().entries();
  if (entries.ok()) return {};
  if (entries.error().code != -1) return entries.error();
  LOG(WARNING) << partition_.to_string() << ": aborted transactions are read from segment "
               << segment.base_offset() << " again: " << entries.error().message;
  rebuild_.insert(segment.base_offset());
  return segment.transaction_index().clear();
}

base::Status LogLoader::load_epochs(const LogDirectory& directory) {
  log_.epochs = std::make_unique<EpochCache>(spec_.directory + "/" + kLeaderEpochCheckpoint);
  if (!directory.names.contains(kLeaderEpochCheckpoint)) return {};
  base::Status loaded = context_.files.with_room([&] { return log_.epochs->load(); });
  if (!loaded.ok() && loaded.error().code != -1) return loaded;
  if (!loaded.ok()) {
    LOG(WARNING) << partition_.to_string()
                 << ": leader epochs are read from the log: " << loaded.error().message;
  } else if (log_.epochs->latest_epoch()) {
    return {};
  } else {
    auto file = base::path_attributes(spec_.directory + "/" + kLeaderEpochCheckpoint);
    if (!file.ok()) return file.error();
    if (file->size_bytes > 0) return {};
    // A power loss came before its content was on disk, or the JVM made it and had no epochs yet.
  }
  epochs_lost_ = true;
  return {};
}

// Once the log is cut where it is valid, so that nothing behind speaks of epochs.
base::Status LogLoader::collect_lost_epochs() {
  if (!epochs_lost_) return {};
  log_.epochs = std::make_unique<EpochCache>(spec_.directory + "/" + kLeaderEpochCheckpoint);
  for (const SegmentPtr& segment : log_.segments) {
    base::Status collected = collect_epochs(*segment, *log_.epochs);
    if (!collected.ok()) return collected;
  }
  return log_.epochs->write();
}

base::Status LogLoader::drop_segments_after(std::size_t number) {
  while (log_.segments.size() > number + 1) {
    const SegmentPtr& segment = log_.segments.back();
    LOG(WARNING) << partition_.to_string() << ": segment " << segment->base_offset() << " of "
                 << segment->size_bytes() << " bytes lies behind the cut and is removed";
    base::Status removed = segment->remove();
    if (!removed.ok()) return removed;
    log_.segments.pop_back();
  }
  return {};
}

base::Status LogLoader::recover_one(std::size_t number, bool* cut) {
  Segment& segment = *log_.segments[number];
  bool whole = rebuild_.contains(segment.base_offset());
  protocol::Offset from = whole ? segment.base_offset() : spec_.recovery_point;
  auto recovered = recover_segment(segment, from, options_, *log_.epochs);
  if (!recovered.ok()) return recovered.error();
  changed_ = true;
  // What begins at or above the recovery point is read for producers anyway.
  bool replayed_later = !whole && spec_.recovery_point <= segment.base_offset();
  if (recovered->indexes_emptied && !replayed_later) {
    // Its index of aborted transactions is empty now, and the newest snapshot may lie behind them.
    auto indexed = rebuild_producer_states({spec_.directory, snapshots_, log_.segments,
                                            log_.segments.front()->base_offset(),
                                            recovered->next_offset, segment.base_offset(), true});
    if (!indexed.ok()) return indexed.error();
  }
  if (number + 1 < log_.segments.size()) {
    base::Status ended = segment.become_inactive();
    if (!ended.ok()) return ended;
  }
  if (recovered->truncated_bytes == 0) return {};
  *cut = true;
  LOG(WARNING) << partition_.to_string() << ": cut at offset " << recovered->next_offset
               << ", byte " << recovered->size_bytes << " of segment " << segment.base_offset()
               << ": " << recovered->truncated_bytes << " bytes behind it are no valid batch";
  return {};
}

base::Status LogLoader::recover() {
  for (std::size_t i = 0; i < log_.segments.size(); ++i) {
    bool last = i + 1 == log_.segments.size();
    protocol::Offset next = last ? INT64_MAX : log_.segments[i + 1]->base_offset();
    bool unflushed = !spec_.clean_shutdown && (last || next > spec_.recovery_point);
    if (!unflushed && !rebuild_.contains(log_.segments[i]->base_offset())) continue;
    bool cut = false;
    base::Status done = recover_one(i, &cut);
    if (!done.ok()) return done;
    if (!cut) continue;
    done = drop_segments_after(i);
    if (!done.ok()) return done;
  }
  return {};
}

base::Status LogLoader::find_end() {
  Segment& active = *log_.segments.back();
  auto end = active.find_end();
  if (!end.ok()) return end.error();
  if (end->position != active.size_bytes()) {
    LOG(WARNING) << partition_.to_string() << ": segment " << active.base_offset()
                 << " ends in the middle of a batch although the last stop was clean";
    rebuild_.insert(active.base_offset());
    bool cut = false;
    base::Status recovered = recover_one(log_.segments.size() - 1, &cut);
    if (!recovered.ok()) return recovered;
    end = active.find_end();
    if (!end.ok()) return end.error();
  }
  log_.log_end_offset = end->next_offset;
  log_.log_start_offset = std::max(spec_.log_start_offset, log_.segments.front()->base_offset());
  if (log_.log_end_offset >= log_.log_start_offset) return {};
  LOG(WARNING) << partition_.to_string() << ": the log ends at " << log_.log_end_offset
               << ", below its start offset " << log_.log_start_offset
               << "; it goes on there, empty";
  for (const SegmentPtr& segment : log_.segments) {
    base::Status removed = segment->remove();
    if (!removed.ok()) return removed;
  }
  log_.segments.clear();
  log_.log_end_offset = log_.log_start_offset;
  return add_segment(log_.log_start_offset);
}

base::Result<LoadedLog> LogLoader::run() {
  auto directory =
      context_.files.with_room([&] { return tidy_log_directory(spec_.directory, context_.files); });
  if (!directory.ok()) return directory.error();
  log_.directory = spec_.directory;
  snapshots_ = std::move(directory->snapshots);
  base::Status done = open_segments(*directory);
  if (!done.ok()) return done.error();
  done = load_epochs(*directory);
  if (!done.ok()) return done.error();
  std::vector<EpochEntry> epochs = log_.epochs->entries();
  done = recover();
  if (!done.ok()) return done.error();
  done = find_end();
  if (!done.ok()) return done.error();
  done = collect_lost_epochs();
  if (!done.ok()) return done.error();
  if (!epochs_lost_ && log_.epochs->entries() != epochs) {
    done = log_.epochs->write();
    if (!done.ok()) return done.error();
  }
  log_.epochs->truncate_unwritten(log_.log_end_offset);
  done = log_.epochs->truncate_from_start(log_.log_start_offset);
  if (!done.ok()) return done.error();
  log_.recovery_point = spec_.clean_shutdown && !changed_
                            ? log_.log_end_offset
                            : std::min(spec_.recovery_point, log_.log_end_offset);
  auto producers = rebuild_producer_states(
      {spec_.directory, snapshots_, log_.segments, log_.log_start_offset, log_.log_end_offset,
       spec_.clean_shutdown ? std::numeric_limits<protocol::Offset>::max()
                            : std::max(spec_.recovery_point, log_.log_start_offset)});
  if (!producers.ok()) return producers.error();
  log_.producers = std::move(*producers);
  auto topic_id =
      context_.files.with_room([&] { return read_partition_metadata(spec_.directory); });
  if (!topic_id.ok()) return topic_id.error();
  log_.topic_id = *topic_id;
  return std::move(log_);
}

}  // namespace

base::Result<std::unique_ptr<Log>> load_log(const protocol::TopicPartition& partition, LogDir& dir,
                                            const LogContext& context, const LogOptions& options,
                                            const LoadSpec& spec) {
  auto loaded = LogLoader(partition, context, options, spec).run();
  if (!loaded.ok()) {
    base::Error error = loaded.error();
    if (error.code == -1) dir.fail(partition.to_string() + ": " + error.message);
    if (error.code == -1 || base::out_of_descriptors(error)) {
      error.code = static_cast<std::int16_t>(protocol::ErrorCode::kKafkaStorageError);
    }
    return error;
  }
  return std::make_unique<Log>(partition, dir, context, options, std::move(*loaded));
}

}  // namespace odradek::log
