#include "server/log/log.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <limits>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/no_wait.h"
#include "protocol/errors.h"
#include "server/log/append_checks.h"
#include "server/log/checkpoint_file.h"
#include "server/log/partition_metadata.h"
#include "server/log/producer_snapshot.h"
#include "server/log/retention.h"

namespace odradek::log {

using protocol::ErrorCode;

Log::Log(protocol::TopicPartition partition, LogDir& dir, const LogContext& context,
         const LogOptions& options, LoadedLog loaded)
    : partition_(std::move(partition)),
      dir_(dir),
      context_(context),
      options_(context.options.share(options)),
      store_(context, std::move(loaded.directory), std::move(loaded.segments),
             loaded.log_end_offset),
      producers_(std::move(loaded.producers)),
      epochs_(std::move(loaded.epochs)),
      flusher_(context, loaded.recovery_point),
      log_start_offset_(loaded.log_start_offset),
      high_watermark_(loaded.log_start_offset),
      topic_id_(loaded.topic_id) {}

base::Error Log::failed(base::Error error) const {
  if (error.code != -1 && !base::out_of_descriptors(error)) return error;
  bool is_disk = error.code == -1 && !retired_.load();  // files of a retired log may be gone
  if (is_disk) dir_.fail(partition_.to_string() + ": " + error.message);
  return base::Error(ErrorCode::kKafkaStorageError, std::move(error.message));
}

base::Status Log::failed(const base::Status& status) const {
  if (status.ok()) return {};
  return failed(status.error());
}

base::Status Log::check_online() const {
  if (dir_.online()) return {};
  return base::Error(ErrorCode::kKafkaStorageError,
                     partition_.to_string() + ": log directory " + dir_.path() + " is offline");
}

base::Status Log::check_writable() const {
  if (!closed_) return check_online();
  return base::Error(ErrorCode::kKafkaStorageError, partition_.to_string() + " is closed");
}

template <class Cut>
base::Status Log::finish_cut(Cut cut) {
  if (!unfinished_cut_) unfinished_cut_ = {recovery_point(), log_start_offset()};
  base::Status done = cut();
  if (done.ok()) done = checkpoint_if_lowered(*unfinished_cut_);
  if (done.ok()) unfinished_cut_.reset();
  return failed(done);
}

base::Status Log::check_appendable() {
  base::Status writable = check_writable();
  if (!writable.ok() || !unfinished_cut_) return writable;
  return finish_cut([this]() REQUIRES(mutex_) { return cut_locked(store_.end_offset()); });
}

std::string Log::directory() const {
  base::MutexLock lock(mutex_);
  return store_.directory();
}

std::optional<base::Uuid> Log::topic_id() const {
  base::MutexLock lock(mutex_);
  return topic_id_;
}

base::Status Log::assign_topic_id(const base::Uuid& topic_id) {
  base::MutexLock lock(mutex_);
  if (topic_id_ == topic_id) return {};
  if (topic_id_) {
    return base::Error(ErrorCode::kInconsistentTopicId, partition_.to_string() + " has topic id " +
                                                            topic_id_->to_string() + ", not " +
                                                            topic_id.to_string());
  }
  base::Status written = failed(context_.files.with_room(
      [&] { return write_partition_metadata(store_.directory(), topic_id); }));
  if (written.ok()) topic_id_ = topic_id;
  return written;
}

base::Result<AppendInfo> Log::append_as_leader(base::MutableBytes records, const AppendSpec& spec,
                                               AppendRefusal* refusal) {
  LeaderAppend append{.records = records, .spec = spec};
  append_as_leader({&append, 1});
  if (refusal != nullptr) *refusal = std::move(append.refusal);
  return std::move(append.result);
}

void Log::append_as_leader(std::span<LeaderAppend> appends) {
  auto options = options_.read();
  boost::container::small_vector<PendingAppend, 1> pending;
  boost::container::small_vector<LeaderAppend*, 1> asked;
  pending.reserve(appends.size());
  for (LeaderAppend& append : appends) {
    PendingAppend passed;
    if (!check_produced(partition_, *options, context_.clock.wall_ms(), append, passed)) continue;
    pending.push_back(std::move(passed));
    asked.push_back(&append);
  }
  if (pending.empty()) return;
  appends_.append({pending.data(), pending.size()}, [&](std::span<PendingAppend* const> group) {
    base::MutexLock lock(mutex_);
    writer(*options).write_all(group, log_start_offset(), context_.clock.wall_ms());
  });
  bool flush_due = unflushed_messages() >= options->flush_messages;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    asked[i]->result = std::move(pending[i].result);
    if (asked[i]->result.ok()) asked[i]->result->flush_due = flush_due;
  }
}

LogWriter Log::writer(const LogOptions& options) {
  return {store_,
          producers_,
          *epochs_,
          options,
          {[this]() REQUIRES(mutex_) { return check_appendable(); },
           [this](protocol::Offset offset) REQUIRES(mutex_) { return roll_locked(offset); },
           [this](const base::Status& status) { return failed(status); }}};
}

base::Result<AppendInfo> Log::append_as_follower(base::ByteView records) {
  auto headers = check_replicated(records);
  if (!headers.ok()) return headers.error();
  auto options = options_.read();
  AppendInfo info;
  if (!headers->empty()) {
    info = describe(*headers);
    base::MutexLock lock(mutex_);
    base::Status writable = check_appendable();
    if (!writable.ok()) return writable.error();
    // The offset field of an old wrapper is that of its last message.
    const BatchHeader& first = headers->front();
    protocol::Offset lowest = first.magic >= 2 ? first.base_offset : first.last_offset;
    if (lowest < store_.end_offset()) {
      return base::Error(ErrorCode::kUnknownServerError,
                         partition_.to_string() + ": cannot append offset " +
                             std::to_string(lowest) + " to a log that ends at " +
                             std::to_string(store_.end_offset()));
    }
    base::ByteView whole = records.first(static_cast<std::size_t>(info.size_bytes));
    base::Status written = failed(writer(*options).write(std::span(&whole, 1), *headers));
    if (!written.ok()) return written.error();
  }
  info.log_start_offset = log_start_offset();
  info.flush_due = unflushed_messages() >= options->flush_messages;
  return info;
}

template <class Look>
auto Log::look_twice(Look look) const -> decltype(look()) {
  std::uint64_t swaps = store_.compaction().swaps();
  auto found = look();
  if (!found.ok() && base::would_wait(found.error())) return found;
  bool told = found.ok() || protocol::code_of(found.error()) == ErrorCode::kOffsetOutOfRange;
  if (told && store_.compaction().unswapped_since(swaps)) return found;
  // A segment was removed, renamed or became part of another, which the lock rules out.
  base::MutexLock lock(mutex_);
  found = look();
  if (found.ok()) return found;
  // Whoever asked is told the code alone.
  if (protocol::code_of(found.error()) == ErrorCode::kCorruptMessage) {
    LOG(WARNING) << partition_.to_string() << " cannot be read: " << found.error().message;
  }
  return failed(found.error());
}

base::Result<ReadInfo> Log::read(const ReadSpec& spec) const {
  return look_twice([&] { return read_once(spec); });
}

base::Result<ReadInfo> Log::read_once(const ReadSpec& spec) const {
  base::Status online = check_online();
  if (!online.ok()) return online.error();
  ReadInfo info;
  info.high_watermark = high_watermark();
  info.log_start_offset = log_start_offset();
  info.log_end_offset = log_end_offset();
  if (spec.start_offset < info.log_start_offset || spec.start_offset > info.log_end_offset) {
    return base::Error(ErrorCode::kOffsetOutOfRange,
                       partition_.to_string() + ": offset " + std::to_string(spec.start_offset) +
                           " is not within [" + std::to_string(info.log_start_offset) + ", " +
                           std::to_string(info.log_end_offset) + "]");
  }
  base::Status read = LogReader(store_).read(spec, info);
  if (!read.ok()) return read.error();
  return info;
}

base::Result<OffsetMetadata> Log::offset_metadata(protocol::Offset offset) const {
  if (offset < log_start_offset() || offset > log_end_offset()) {
    return base::Error(ErrorCode::kOffsetOutOfRange,
                       partition_.to_string() + ": no offset " + std::to_string(offset));
  }
  auto place = look_twice([&] { return store_.find(offset); });
  if (!place.ok()) return place.error();
  OffsetMetadata found{offset, -1, -1};
  if (place->has_value()) {
    found.segment_base_offset = (*place)->segment_base_offset;
    found.position = (*place)->position;
  }
  return found;
}

base::Result<std::optional<FoundOffset>> Log::offset_for_timestamp(
    std::int64_t timestamp_ms, protocol::Offset upper_bound) const {
  base::Status online = check_online();
  if (!online.ok()) return online.error();
  FoundOffset found;
  if (timestamp_ms == kEarliestTimestamp || timestamp_ms == kEarliestLocalTimestamp) {
    found.offset = log_start_offset();
  } else if (timestamp_ms == kLatestTimestamp) {
    found.offset = upper_bound;
  } else {
    LogReader reader(store_);
    auto record = look_twice([&] {
      return timestamp_ms == kMaxTimestamp
                 ? reader.latest_timestamp(log_start_offset(), upper_bound)
                 : reader.first_at_or_after(timestamp_ms, log_start_offset(), upper_bound);
    });
    if (!record.ok()) return record.error();
    if (!record->has_value()) return std::optional<FoundOffset>();
    found.timestamp_ms = (*record)->timestamp_ms;
    found.offset = (*record)->offset;
  }
  found.leader_epoch =
      timestamp_ms == kLatestTimestamp
          ? epochs_->latest_epoch().value_or(protocol::kNoLeaderEpoch)
          : epochs_->epoch_for_offset(found.offset).value_or(protocol::kNoLeaderEpoch);
  return std::optional<FoundOffset>(found);
}

protocol::Offset Log::set_high_watermark(protocol::Offset offset) {
  offset = std::clamp(offset, log_start_offset(), std::max(log_start_offset(), log_end_offset()));
  high_watermark_.store(offset);
  if (producers_.first_unstable_offset() < log_end_offset()) {
    base::MutexLock lock(mutex_);
    producers_.on_high_watermark(offset);
  }
  return offset;
}

protocol::Offset Log::last_stable_offset() const {
  // A transaction may have begun among records that were deleted since.
  return std::min(high_watermark(),
                  std::max(producers_.first_unstable_offset(), log_start_offset()));
}

base::Status Log::assign_epoch_start(protocol::LeaderEpoch epoch, protocol::Offset start_offset) {
  if (options_.read()->record_magic < 2) return {};
  base::MutexLock lock(mutex_);  // the directory keeps its name meanwhile
  return failed(epochs_->assign(epoch, start_offset));
}

base::Result<bool> Log::truncate_to(protocol::Offset offset) {
  base::MutexLock lock(mutex_);
  const bool drops_all = offset < first_segment_offset();  // also what an earlier cut has left
  base::Status done = drops_all ? check_writable() : check_appendable();
  if (!done.ok()) return done.error();
  protocol::Offset end = store_.end_offset();
  if (offset >= end) {
    done = failed(epochs_->truncate_from_end(end));
    if (!done.ok()) return done.error();
    return false;
  }
  LOG(INFO) << partition_.to_string() << ": truncating from " << end << " to " << offset;
  done = finish_cut(
      [&]() REQUIRES(mutex_) { return drops_all ? restart_locked(offset) : cut_locked(offset); });
  if (!done.ok()) return done.error();
  return true;
}

base::Status Log::cut_locked(protocol::Offset offset) {
  auto cut = store_.truncate_to(offset);
  if (!cut.ok()) return cut.error();
  flusher_.cut_at(*cut);
  log_start_offset_.store(std::min(log_start_offset(), *cut));
  high_watermark_.store(std::min(high_watermark(), *cut));
  base::Status done = epochs_->truncate_from_end(*cut);
  if (!done.ok()) return done;
  std::vector<SegmentPtr> segments = store_.segments().all();
  auto snapshots =
      context_.files.with_room([&] { return list_producer_snapshots(store_.directory()); });
  if (!snapshots.ok()) return snapshots.error();
  return producers_.rebuild(
      {store_.directory(), *snapshots, segments, log_start_offset(), store_.end_offset()});
}

base::Status Log::checkpoint_if_lowered(const Checkpointed& before) const {
  bool lowered =
      recovery_point() < before.recovery_point || log_start_offset() < before.log_start_offset;
  return lowered ? context_.write_checkpoints(dir_) : base::Status();
}

base::Status Log::truncate_fully_and_start_at(protocol::Offset offset,
                                              std::optional<protocol::Offset> log_start_offset) {
  base::MutexLock lock(mutex_);
  base::Status done = check_writable();
  if (!done.ok()) return done;
  LOG(INFO) << partition_.to_string() << ": dropping all records up to " << store_.end_offset()
            << ", the log goes on at " << offset;
  return finish_cut([&]() REQUIRES(mutex_) {
    base::Status restarted = restart_locked(offset);
    if (restarted.ok()) log_start_offset_.store(log_start_offset.value_or(offset));
    return restarted;
  });
}

base::Status Log::restart_locked(protocol::Offset offset) {
  flusher_.cut_at(offset);
  // First: a snapshot left by a crash would tell of producers whose records are gone.
  base::Status done = producers_.clear(store_.directory());
  if (!done.ok()) return done;
  done = store_.restart_at(offset);
  if (!done.ok()) return done;
  log_start_offset_.store(offset);
  high_watermark_.store(offset);
  return epochs_->clear();
}

base::Result<bool> Log::advance_log_start_offset(protocol::Offset offset) {
  base::MutexLock lock(mutex_);
  base::Status writable = check_writable();
  if (!writable.ok()) return writable.error();
  if (offset > high_watermark()) {
    return base::Error(ErrorCode::kOffsetOutOfRange,
                       partition_.to_string() + ": cannot delete records up to " +
                           std::to_string(offset) + ", the high watermark is " +
                           std::to_string(high_watermark()));
  }
  if (offset <= log_start_offset()) return false;
  log_start_offset_.store(offset);
  base::Status cut = failed(epochs_->truncate_from_start(offset));
  if (!cut.ok()) return cut.error();
  return true;
}

base::Result<std::size_t> Log::delete_old_segments() {
  auto options = options_.read();
  std::int64_t now_ms = context_.clock.wall_ms();
  base::Status done = check_online();
  if (!done.ok()) return done.error();
  // The first look after a start reads times from the disk, which appends are not to wait for: the
  // segments keep them. Where it failed, the look with the lock tells whose fault it was.
  (void)store_.facts(*options, now_ms);
  base::MutexLock lock(mutex_);
  done = check_writable();
  if (!done.ok()) return done.error();
  auto facts = store_.facts(*options, now_ms);
  if (!facts.ok()) return failed(facts.error());
  RetentionBounds bounds{now_ms, high_watermark(), log_start_offset()};
  std::size_t count = deletable_segments(*facts, *options, bounds);
  if (count == 0) return count;
  if (count == store_.segments().size()) {
    done = failed(roll_locked(store_.end_offset()));
    if (!done.ok()) return done.error();
  }
  done = failed(store_.remove_first(count, options->file_delete_delay_ms));
  if (!done.ok()) return done.error();
  protocol::Offset first = store_.segments().first()->base_offset();
  LOG(INFO) << partition_.to_string() << ": deleted " << count
            << " old segments, the log begins at " << std::max(first, log_start_offset());
  if (first > log_start_offset()) log_start_offset_.store(first);
  done = failed(epochs_->truncate_from_start(log_start_offset()));
  if (done.ok()) done = failed(remove_producer_snapshots(store_.directory(), 0, first));
  if (!done.ok()) return done.error();
  return count;
}

base::Result<bool> Log::replace_segments(const std::vector<SegmentPtr>& sources,
                                         const SegmentPtr& cleaned, std::uint64_t cuts) {
  base::MutexLock lock(mutex_);
  if (closed_ || store_.compaction().cuts() != cuts) return false;
  std::int64_t delete_delay_ms = options_.read()->file_delete_delay_ms;
  base::Status done = check_online();
  if (done.ok()) done = failed(store_.replace(sources, cleaned, delete_delay_ms));
  if (!done.ok()) return done.error();
  // Snapshots stand where segments begin.
  protocol::Offset last = sources.back()->base_offset();
  done =
      failed(remove_producer_snapshots(store_.directory(), cleaned->base_offset() + 1, last + 1));
  if (!done.ok()) return done.error();
  return true;
}

base::Status Log::roll() {
  base::MutexLock lock(mutex_);
  base::Status writable = check_appendable();
  if (!writable.ok()) return writable;
  return failed(roll_locked(store_.end_offset()));
}

base::Status Log::roll_locked(protocol::Offset offset) {
  base::Status rolled = store_.roll(offset);
  if (!rolled.ok()) return rolled;
  // It may have replaced the only segment, empty, by one that begins above the log start.
  if (log_start_offset() < first_segment_offset()) {
    log_start_offset_.store(first_segment_offset());
    high_watermark_.store(std::max(high_watermark(), first_segment_offset()));
    rolled = epochs_->truncate_from_start(first_segment_offset());
    if (!rolled.ok()) return rolled;
  }
  return producers_.write_snapshot(context_.files, store_.directory(), store_.end_offset());
}

// Whatever is on disk: indexes and snapshots may not be, and an offline directory must be told.
base::Status Log::flush() { return flush_to(std::numeric_limits<protocol::Offset>::max()); }

base::Status Log::flush_to(protocol::Offset offset) {
  base::Status online = check_online();
  if (!online.ok()) return online;
  return failed(flusher_.flush_to(offset, [this]() -> base::Result<FlushPlan> {
    FlushPlan plan = plan_flush();
    base::Status still_online = check_online();
    if (!still_online.ok()) return still_online.error();
    return plan;
  }));
}

void Log::when_durable(protocol::Offset offset, DurableCallback tell) {
  if (!flusher_.await(offset, tell)) return tell({});
  dir_.flusher().add(shared_from_this(), FlushExtent::kAwaited);
}

FlushPlan Log::plan_flush() const {
  base::MutexLock lock(mutex_);
  return {store_.segments().from(recovery_point()), store_.end_offset(), flusher_.generation()};
}

base::Status Log::flush_rolled() {
  FlushPlan plan = plan_flush();
  plan.end_offset = plan.segments.back()->base_offset();
  plan.segments.pop_back();
  if (plan.segments.empty()) return {};
  base::Status online = check_online();
  return online.ok() ? failed(flusher_.run(plan)) : online;
}

void Log::expire_producers() {
  base::MutexLock lock(mutex_);
  producers_.remove_expired(context_.clock.wall_ms(), context_.producer_id_expiration_ms);
}

std::vector<ProducerEntry> Log::producers() const {
  base::MutexLock lock(mutex_);
  return producers_.entries();
}

base::Status Log::close() {
  base::MutexLock lock(mutex_);
  if (closed_) return {};
  base::Status done = check_appendable();
  if (!done.ok()) return done;
  closed_ = true;
  done = failed(store_.segments().last()->become_inactive());
  if (!done.ok()) return done;
  return failed(producers_.write_snapshot(context_.files, store_.directory(), store_.end_offset()));
}

base::Status Log::retire(const std::string& name) {
  base::Status done = check_online();
  if (!done.ok()) return done;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
  }
  done = rename_directory(name);
  retired_.store(done.ok());
  return done;
}

base::Status Log::rename_directory(const std::string& name) {
  base::MutexLock lock(mutex_);
  std::string renamed = base::parent_directory(store_.directory()) + "/" + name;
  return failed(context_.files.rename_directory(store_.directory(), renamed, [&] {
    store_.directory_moved(renamed);
    epochs_->moved(renamed + "/" + kLeaderEpochCheckpoint);
  }));
}

}  // namespace odradek::log
