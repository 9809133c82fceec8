// Log: one partition's records on this broker, from the log start offset to the log end offset.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/snapshot.h"
#include "base/uuid.h"
#include "protocol/types.h"
#include "server/log/append_info.h"
#include "server/log/append_queue.h"
#include "server/log/batch_header.h"
#include "server/log/epoch_cache.h"
#include "server/log/log_context.h"
#include "server/log/log_dirs.h"
#include "server/log/log_flusher.h"
#include "server/log/log_options.h"
#include "server/log/log_producers.h"
#include "server/log/log_reader.h"
#include "server/log/log_writer.h"
#include "server/log/read_info.h"
#include "server/log/segment_store.h"

namespace odradek::log {

class Log;
using LogPtr = std::shared_ptr<Log>;

// What the loader found on disk.
struct LoadedLog {
  std::string directory;  // full path
  std::vector<SegmentPtr> segments;
  protocol::Offset log_start_offset = 0;
  protocol::Offset recovery_point = 0;
  protocol::Offset log_end_offset = 0;
  std::unique_ptr<EpochCache> epochs;
  ProducerStates producers;
  std::optional<base::Uuid> topic_id;
};

// Safe from any thread. Writers (append, truncate, roll, delete, flush) take one lock per log;
// reads and offsets take none but short ones inside. Every error carries a protocol::ErrorCode;
// KAFKA_STORAGE_ERROR means that the log's directory is offline now.
class Log : public std::enable_shared_from_this<Log> {
 public:
  Log(protocol::TopicPartition partition, LogDir& dir, const LogContext& context,
      const LogOptions& options, LoadedLog loaded);

  const protocol::TopicPartition& partition() const { return partition_; }
  LogDir& dir() const { return dir_; }
  std::string directory() const EXCLUDES(mutex_);
  std::shared_ptr<const LogOptions> options() const { return options_.read(); }
  void set_options(const LogOptions& options) { options_.publish(context_.options.share(options)); }
  std::optional<base::Uuid> topic_id() const EXCLUDES(mutex_);
  // Writes partition.metadata; INCONSISTENT_TOPIC_ID when another id is there.
  base::Status assign_topic_id(const base::Uuid& topic_id) EXCLUDES(mutex_);

  // --- appends ---
  // Checks the batches of a producer or coordinator, gives them offsets, epoch and (LogAppendTime)
  // timestamps in place, and writes them. `refusal`, when given, tells more of a failed check.
  base::Result<AppendInfo> append_as_leader(base::MutableBytes records, const AppendSpec& spec,
                                            AppendRefusal* refusal = nullptr) EXCLUDES(mutex_);
  // The same for several requests at once, in their order, each with an answer of its own: what can
  // goes to the file by one write. So it is too when several threads come at the same time.
  void append_as_leader(std::span<LeaderAppend> appends) EXCLUDES(mutex_);
  // How many threads are about it, for tests.
  std::size_t appending_callers() const { return appends_.size(); }
  // Writes batches as a leader sent them, offsets and epochs given; a torn batch at the end is left
  // out. The first offset must be the log end offset or above it, never below.
  base::Result<AppendInfo> append_as_follower(base::ByteView records) EXCLUDES(mutex_);

  // --- reads ---
  // OFFSET_OUT_OF_RANGE below the log start or above the log end; empty between the upper bound and
  // the log end.
  base::Result<ReadInfo> read(const ReadSpec& spec) const;
  // The offset with its place on disk, as a follower's or the watermark's position.
  base::Result<OffsetMetadata> offset_metadata(protocol::Offset offset) const;
  // As ListOffsets: a time, or one of kLatestTimestamp … in read_info.h. For a time and
  // kMaxTimestamp: nothing when there is no such record below `upper_bound`, which is also the
  // answer to kLatestTimestamp.
  base::Result<std::optional<FoundOffset>> offset_for_timestamp(std::int64_t timestamp_ms,
                                                                protocol::Offset upper_bound) const;

  // --- offsets, without the lock ---
  protocol::Offset log_start_offset() const { return log_start_offset_.load(); }
  protocol::Offset log_end_offset() const { return store_.end_offset(); }
  OffsetMetadata log_end() const { return store_.end(); }
  // Kept by the replica layer, stored here for reads and retention; never above the log end.
  protocol::Offset high_watermark() const { return high_watermark_.load(); }
  // Clamped to [log start, log end]; returns what was set.
  protocol::Offset set_high_watermark(protocol::Offset offset);
  // The high watermark, or the first offset of the oldest open transaction below it.
  protocol::Offset last_stable_offset() const;
  protocol::Offset recovery_point() const { return flusher_.recovery_point(); }
  std::int64_t size_bytes() const { return store_.segments().size_bytes(); }
  protocol::Offset first_segment_offset() const { return store_.segments().first()->base_offset(); }
  const SegmentList& segments() const { return store_.segments(); }
  std::size_t segment_count() const { return store_.segments().size(); }

  // --- leader epochs ---
  std::optional<protocol::LeaderEpoch> latest_epoch() const { return epochs_->latest_epoch(); }
  EpochEndOffset end_offset_for_epoch(protocol::LeaderEpoch epoch) const {
    return epochs_->end_offset_for(epoch, log_end_offset());
  }
  // This broker leads from `start_offset` (the log end) on.
  base::Status assign_epoch_start(protocol::LeaderEpoch epoch, protocol::Offset start_offset)
      EXCLUDES(mutex_);
  const EpochCache& epochs() const { return *epochs_; }

  // --- truncation and deletion ---
  // Drops records at and above `offset`; true when anything was dropped.
  base::Result<bool> truncate_to(protocol::Offset offset) EXCLUDES(mutex_);
  // Drops everything; the next record gets `offset`.
  base::Status truncate_fully_and_start_at(protocol::Offset offset,
                                           std::optional<protocol::Offset> log_start_offset = {})
      EXCLUDES(mutex_);
  // DeleteRecords and a follower's copy of its leader's start: OFFSET_OUT_OF_RANGE above the high
  // watermark; lower offsets than the present start change nothing. True when it moved.
  base::Result<bool> advance_log_start_offset(protocol::Offset offset) EXCLUDES(mutex_);
  // Deletes what retention allows (retention.h); the number of segments deleted.
  base::Result<std::size_t> delete_old_segments() EXCLUDES(mutex_);
  CompactionProgress& compaction() { return store_.compaction(); }
  // As SegmentStore::replace(); false, and nothing is done, when the log is closed or records were
  // taken away since compaction().cuts() was `cuts`.
  base::Result<bool> replace_segments(const std::vector<SegmentPtr>& sources,
                                      const SegmentPtr& cleaned, std::uint64_t cuts)
      EXCLUDES(mutex_);

  // --- maintenance ---
  base::Status roll() EXCLUDES(mutex_);
  // Syncs segments that were rolled since the last flush; appends go on meanwhile.
  base::Status flush_rolled() EXCLUDES(mutex_);
  base::Status flush() EXCLUDES(mutex_);
  // Returns once everything below `offset` is on disk, which one sync may do for several callers.
  base::Status flush_to(protocol::Offset offset) EXCLUDES(mutex_);
  // Calls `tell` once everything below `offset` is on disk: now, or on the directory's flusher,
  // which sees to it at once. The records are in the log already; the log is shared.
  void when_durable(protocol::Offset offset, DurableCallback tell) EXCLUDES(mutex_);
  // For the directory's flusher.
  FlushPlan plan_flush() const EXCLUDES(mutex_);
  LogFlusher& flusher() { return flusher_; }
  // After the whole file system was synced: everything up to `offset` is on disk.
  void mark_flushed(protocol::Offset offset) { flusher_.advance_to(offset, flusher_.generation()); }
  std::int64_t unflushed_messages() const { return log_end_offset() - recovery_point(); }
  std::int64_t last_flush_ms() const { return flusher_.last_flush_ms(); }  // monotonic
  void expire_producers() EXCLUDES(mutex_);
  std::vector<ProducerEntry> producers() const EXCLUDES(mutex_);

  // Ends the active segment and writes what is pending: afterwards only offsets and flush().
  base::Status close() EXCLUDES(mutex_);
  // Takes the log out of use and renames its directory, whose files may be removed from then on: no
  // error is the disk's any more.
  base::Status retire(const std::string& name) EXCLUDES(mutex_);
  // Renames the directory within its parent ("-delete", "-future" taken over); readers go on.
  base::Status rename_directory(const std::string& name) EXCLUDES(mutex_);

 private:
  // Marks the directory as failed for errors of I/O, and gives every error a code.
  base::Error failed(base::Error error) const;
  base::Status failed(const base::Status& status) const;
  // What a reader without the lock finds; on failure once more with it, then the disk is to blame.
  template <class Look>
  auto look_twice(Look look) const -> decltype(look());
  base::Result<ReadInfo> read_once(const ReadSpec& spec) const;
  base::Status check_online() const;
  base::Status check_writable() const REQUIRES(mutex_);
  // Also finishes a cut that stopped half-way: till then segments, producers and checkpoints may
  // not be of one mind.
  base::Status check_appendable() REQUIRES(mutex_);
  LogWriter writer(const LogOptions& options) REQUIRES(mutex_);
  base::Status roll_locked(protocol::Offset offset) REQUIRES(mutex_);
  base::Status cut_locked(protocol::Offset offset) REQUIRES(mutex_);
  base::Status restart_locked(protocol::Offset offset) REQUIRES(mutex_);
  // The offsets of this log that the directory's checkpoints may name.
  struct Checkpointed {
    protocol::Offset recovery_point = 0;
    protocol::Offset log_start_offset = 0;
  };
  base::Status checkpoint_if_lowered(const Checkpointed& before) const;
  // Runs the cut and writes what it lowered; after a failure it counts as unfinished.
  template <class Cut>
  base::Status finish_cut(Cut cut) REQUIRES(mutex_);

  const protocol::TopicPartition partition_;
  LogDir& dir_;
  const LogContext& context_;
  base::Snapshot<LogOptions> options_;
  SegmentStore store_;      // changed under mutex_, read without
  LogProducers producers_;  // likewise
  const std::unique_ptr<EpochCache> epochs_;
  LogFlusher flusher_;
  AppendQueue appends_;
  std::atomic<protocol::Offset> log_start_offset_{0};
  std::atomic<protocol::Offset> high_watermark_{0};

  mutable base::Mutex mutex_;
  std::optional<base::Uuid> topic_id_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  std::optional<Checkpointed> unfinished_cut_ GUARDED_BY(mutex_);  // the offsets before it
  std::atomic<bool> retired_{false};
};

}  // namespace odradek::log
