#include "server/log/dir_flusher.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/errors.h"
#include "server/log/log.h"
#include "server/log/log_dirs.h"

namespace odradek::log {

void DirFlusher::add(const std::shared_ptr<Log>& log, FlushExtent extent) {
  {
    base::MutexLock lock(mutex_);
    if (!is_stopping_) {
      FlushExtent& asked = next_.try_emplace(log, extent).first->second;
      asked = std::max(asked, extent);
      if (!thread_.joinable()) thread_ = base::Thread("log-dir-flusher", [this] { run(); });
      asked_.notify_one();
      return;
    }
  }
  flush_one(*log, extent);
}

void DirFlusher::finish() {
  base::MutexLock lock(mutex_);
  while (is_busy_ || !next_.empty()) rested_.wait(mutex_);
}

void DirFlusher::stop() {
  base::Thread ending;
  {
    base::MutexLock lock(mutex_);
    is_stopping_ = true;
    asked_.notify_one();
    std::swap(ending, thread_);
  }
}

void DirFlusher::run() {
  for (;;) {
    Round round;
    {
      base::MutexLock lock(mutex_);
      is_busy_ = false;
      if (next_.empty()) rested_.notify_all();
      while (next_.empty() && !is_stopping_) asked_.wait(mutex_);
      if (next_.empty()) return;
      round.swap(next_);
      is_busy_ = true;
    }
    flush(round);
  }
}

void DirFlusher::flush(const Round& round) {
  auto whole = std::count_if(round.begin(), round.end(), [](const auto& asked) {
    return asked.second != FlushExtent::kRolled;
  });
  bool all_synced = whole > kMaxSingleFlushes && flush_file_system(round);
  if (!all_synced && whole > 1) {
    // The disk has all of them to do before the first is waited for.
    for (const auto& [log, extent] : round) {
      if (extent != FlushExtent::kRolled) log->segments().last()->log_file().start_write_out();
    }
  }
  for (const auto& [log, extent] : round) {
    flush_one(*log, all_synced ? FlushExtent::kAwaited : extent);
  }
}

bool DirFlusher::flush_file_system(const Round& round) {
  if (!dir_.online()) return false;
  std::vector<std::pair<Log*, FlushPlan>> plans;
  for (const auto& [log, extent] : round) {
    plans.emplace_back(log.get(), log->plan_flush());
    if (!write_pending(plans.back().second).ok()) return false;
  }
  base::Status synced = sync_file_system();
  if (!synced.ok()) {
    if (!base::out_of_descriptors(synced.error())) dir_.fail(synced.error().message);
    return false;
  }
  for (const auto& [log, plan] : plans) log->flusher().advance_to(plan.end_offset, plan.generation);
  return true;
}

base::Status DirFlusher::sync_file_system() {
  if (!directory_) {
    auto opened = base::File::open(dir_.path(), base::File::Mode::kRead);
    if (!opened.ok()) return opened.error();
    directory_ = std::move(*opened);
  }
  return directory_->sync_file_system();
}

void DirFlusher::flush_one(Log& log, FlushExtent extent) {
  std::vector<AwaitedOffset> awaited = log.flusher().take_awaited();
  auto warn = [](const base::Status& done) {
    if (!done.ok()) LOG(WARNING) << done.error().message;
  };
  if (extent == FlushExtent::kAll && log.unflushed_messages() > 0) warn(log.flush());
  if (extent == FlushExtent::kRolled) warn(log.flush_rolled());
  // A cut that came in between keeps the recovery point back: then once more.
  base::Status done;
  for (const AwaitedOffset& wanted : awaited) {
    while (done.ok() && log.recovery_point() < wanted.offset &&
           wanted.offset <= log.log_end_offset()) {
      done = log.flush_to(wanted.offset);
    }
  }
  warn(done);
  base::Error cut(protocol::ErrorCode::kNotLeaderOrFollower,
                  log.partition().to_string() + " was truncated");
  for (const AwaitedOffset& wanted : awaited) {
    bool is_durable = log.recovery_point() >= wanted.offset;
    wanted.tell(is_durable ? base::Status() : done.ok() ? base::Status(cut) : done);
  }
}

}  // namespace odradek::log
