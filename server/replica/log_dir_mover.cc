#include "server/replica/log_dir_mover.h"

#include <algorithm>
#include <functional>

#include "base/deadline.h"
#include "base/log.h"
#include "server/log/log_copy.h"
#include "server/log/log_directory.h"

namespace odradek::replica {
namespace {

constexpr double kMillisecondsPerSecond = 1000;

constexpr int kMostPasses = 100;  // of a chunk each, after the flush that ends a move

base::Status check_name(const TopicPartition& partition) {
  std::string name = log::unique_directory_name(partition, log::kFutureSuffix);
  if (name.size() <= log::kMaxFileNameBytes) return {};
  return base::Error(ErrorCode::kInvalidTopicException,
                     "the topic's name is too long for a directory beside its own");
}

// Whether what is left is less than a chunk: appends wait while that is copied. What was copied
// last does not tell, as it ends with a whole batch.
bool has_caught_up(const log::Log& current, const log::Log& future, std::int32_t chunk_bytes) {
  const log::OffsetMetadata end = current.log_end();
  const Offset from = future.log_end_offset();
  if (from < end.segment_base_offset) return false;
  auto left = current.read(
      {.start_offset = from, .max_bytes = chunk_bytes, .upper_bound = std::max(from, end.offset)});
  return left.ok() && left->slice.size_bytes < chunk_bytes;
}

}  // namespace

LogDirMover::LogDirMover(ReplicaSet& replicas, log::LogManager& logs, PartitionWaits& waits,
                         const LogDirMoverOptions& options, const base::Clock& clock)
    : replicas_(replicas),
      logs_(logs),
      waits_(waits),
      options_(options),
      thread_count_(std::max(options.threads, 1)),
      clock_(clock),
      max_bytes_per_second_(options.max_bytes_per_second) {}

LogDirMover::~LogDirMover() { stop(); }

ErrorCode LogDirMover::move(const TopicPartition& partition, const std::string& dir) {
  base::MutexLock lock(move_mutex_);
  base::Status begun = begin(partition, dir);
  if (begun) return ErrorCode::kNone;
  LOG(WARNING) << partition.to_string() << " is not moved to " << dir << ": "
               << begun.error().message;
  return protocol::code_of(begun.error());
}

base::Status LogDirMover::begin(const TopicPartition& partition, const std::string& path) {
  base::Status named = check_name(partition);
  if (!named) return named;
  log::LogDir* dir = logs_.dirs().find(path);
  if (dir == nullptr) {
    return base::Error(ErrorCode::kLogDirNotFound, "the directory is not in log.dirs");
  }
  PartitionPtr replica = replicas_.find(partition);
  if (!dir->online() || (replica != nullptr && replica->is_offline())) {
    return base::Error(ErrorCode::kKafkaStorageError, "a log directory is offline");
  }
  log::LogPtr current = replica == nullptr ? nullptr : replica->log();
  if (current == nullptr) {
    log::LogPtr known = logs_.find(partition);
    if (known == nullptr || &known->dir() != dir) logs_.prefer_dir(partition, *dir);
    auto led = replicas_.leader(partition);
    bool exists = led || protocol::code_of(led.error()) != ErrorCode::kUnknownTopicOrPartition;
    return base::Error(
        exists ? ErrorCode::kReplicaNotAvailable : ErrorCode::kUnknownTopicOrPartition,
        "the replica is not here (yet)");
  }
  log::LogPtr future = logs_.find_future(partition);
  if (future != nullptr && &future->dir() == dir) return {};
  if (future != nullptr) {
    LOG(INFO) << partition.to_string() << ": its move to " << future->dir().path()
              << " is given up";
    base::Status deleted = logs_.delete_future(partition);
    if (!deleted) return deleted;
  }
  if (&current->dir() == dir) return {};
  if (logs_.offline_dir_count() > 0) {
    return base::Error(ErrorCode::kKafkaStorageError,
                       "with a directory offline it is not known what lies in it");
  }
  auto created = logs_.create_future(current, *dir);
  if (!created) return created.error();
  LOG(INFO) << partition.to_string() << ": moving from " << current->dir().path() << " to "
            << dir->path();
  wake();
  return {};
}

void LogDirMover::start() {
  for (std::int32_t i = 0; i < thread_count_; ++i) {
    auto thread = static_cast<std::size_t>(i);
    threads_.emplace_back("log-dir-mover-" + std::to_string(i), [this, thread] { run(thread); });
  }
}

void LogDirMover::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  threads_.clear();
}

void LogDirMover::wake() {
  base::MutexLock lock(mutex_);
  ++wakes_;
  changed_.notify_all();
}

std::optional<std::int64_t> LogDirMover::wakes() const {
  base::MutexLock lock(mutex_);
  return stopping_ ? std::nullopt : std::optional(wakes_);
}

void LogDirMover::run(std::size_t thread) {
  std::set<TopicPartition> resting;  // moves that cannot go on at present
  // Counted before the look: a move that begins right behind it is not slept through.
  while (auto wakes = this->wakes()) {
    log::LogPtr future = next(thread, resting);
    if (future == nullptr) {
      rest(*wakes, !resting.empty());
      resting.clear();
    } else if (advance(future) == Progress::kNone) {
      resting.insert(future->partition());
    }
  }
}

log::LogPtr LogDirMover::next(std::size_t thread, const std::set<TopicPartition>& resting) const {
  // One after another: the first ones are done long before all would be.
  log::LogPtr first;
  for (log::LogPtr& future : logs_.futures()) {
    const TopicPartition& partition = future->partition();
    if (std::hash<TopicPartition>()(partition) % static_cast<std::size_t>(thread_count_) !=
        thread) {
      continue;
    }
    if (resting.contains(partition)) continue;
    if (first == nullptr || partition < first->partition()) first = std::move(future);
  }
  return first;
}

void LogDirMover::rest(std::int64_t wakes, bool is_anything_left) {
  base::MutexLock lock(mutex_);
  auto deadline = base::steady_after_ms(options_.retry_ms);
  while (!stopping_ && wakes == wakes_) {
    if (!is_anything_left) {
      changed_.wait(mutex_);
    } else if (!changed_.wait_until(mutex_, deadline)) {
      return;
    }
  }
}

void LogDirMover::set_rate(std::int64_t max_bytes_per_second) {
  base::MutexLock lock(mutex_);
  max_bytes_per_second_ = max_bytes_per_second;
  allowed_ms_ = 0;
  changed_.notify_all();
}

void LogDirMover::pace(std::int64_t bytes) {
  base::MutexLock lock(mutex_);
  const std::int64_t rate = max_bytes_per_second_;
  if (rate == LogDirMoverOptions::kNoLimit) return;
  double cost_ms = kMillisecondsPerSecond * static_cast<double>(bytes) /
                   static_cast<double>(std::max<std::int64_t>(rate, 1));
  std::int64_t now_ms = clock_.monotonic_ms();
  allowed_ms_ = std::max(allowed_ms_, now_ms) + static_cast<std::int64_t>(cost_ms);
  auto deadline = base::steady_after_ms(allowed_ms_ - now_ms);
  while (!stopping_ && rate == max_bytes_per_second_ && changed_.wait_until(mutex_, deadline)) {
  }
}

LogDirMover::Progress LogDirMover::advance(const log::LogPtr& future) {
  PartitionPtr replica = replicas_.find(future->partition());
  log::LogPtr current = replica == nullptr ? nullptr : replica->log();
  if (current == nullptr || !current->dir().online() || !future->dir().online()) {
    return Progress::kNone;
  }
  Offset start = future->log_start_offset();
  auto copied = log::copy_some(*current, *future, options_.chunk_bytes);
  if (!copied) {
    LOG(WARNING) << future->partition().to_string() << ": its move to " << future->dir().path()
                 << " rests: " << copied.error().message;
    return Progress::kNone;
  }
  if (start != future->log_start_offset()) {
    waits_.delete_records.check_and_complete(future->partition());
  }
  pace(*copied);
  if (!has_caught_up(*current, *future, options_.chunk_bytes)) return Progress::kMade;
  return finish(*replica, *current, future);
}

LogDirMover::Progress LogDirMover::finish(Partition& replica, log::Log& current,
                                          const log::LogPtr& future) {
  // What takes the place of records on disk must be on disk itself, and quickly, as appends wait
  // for the rest.
  base::Status done = future->flush();
  if (!done) return Progress::kNone;
  // What was appended meanwhile is caught up with, not written in its turn: a producer whom the
  // disk cannot follow would never be.
  bool caught_up = false;
  for (int pass = 0; pass < kMostPasses && !caught_up; ++pass) {
    auto copied = log::copy_some(current, *future, options_.chunk_bytes);
    if (!copied) return Progress::kNone;
    pace(*copied);
    caught_up = has_caught_up(current, *future, options_.chunk_bytes);
  }
  if (!caught_up) return Progress::kMade;
  done = replica.exchange_log([&](const log::Log& present) -> base::Result<log::LogPtr> {
    auto rest = log::copy_some(present, *future, options_.chunk_bytes);
    while (rest.ok() && *rest > 0) {
      rest = log::copy_some(present, *future, options_.chunk_bytes);
    }
    if (!rest) return rest.error();
    base::Status completed = log::copy_last_epochs(present, *future);
    if (completed) completed = logs_.replace_with_future(future);
    if (!completed) return completed.error();
    return future;
  });
  if (!done) {
    LOG(WARNING) << replica.name().to_string() << ": its move to " << future->dir().path()
                 << " rests: " << done.error().message;
    return Progress::kNone;
  }
  LOG(INFO) << replica.name().to_string() << ": moved to " << future->dir().path();
  // A move back must not find offsets of the old log.
  logs_.checkpoint_recovery_points();
  logs_.checkpoint_log_start_offsets();
  waits_.check(replica.name());
  return Progress::kMade;
}

}  // namespace odradek::replica
