#include "server/replica/append.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "server/replica/delayed_produce.h"

namespace odradek::replica {

namespace {

// Producers look at the log start offset of a refusal only to learn whether their earlier records
// are gone; the plainer refusals leave it out.
bool is_told_without_log_start(ErrorCode error) {
  switch (error) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kRecordListTooLarge:
    case ErrorCode::kCorruptMessage:
    case ErrorCode::kKafkaStorageError:
      return true;
    default:
      return false;
  }
}

}  // namespace

AppendOutcome Appends::append_one(const AppendEntry& entry, const AppendRequest& request) {
  AppendOutcome outcome;
  auto refuse = [&outcome](const base::Error& error) {
    outcome.error = protocol::code_of(error);
    outcome.message = error.message;
  };
  base::Result<PartitionPtr> partition = replicas_.leader(entry.partition);
  if (!partition) {
    refuse(partition.error());
    return outcome;
  }
  log::AppendRefusal refusal;
  base::Result<log::AppendInfo> info =
      (*partition)->append(entry.records, request.acks, request.spec, &refusal);
  if (info) {
    outcome.info = *info;
    if (info->flush_due) {
      outcome.awaits_flush = *partition;
    } else if (info->commit_awaits_flush) {
      (*partition)->flush_when_alone([this, name = entry.partition] { waits_.check(name); });
    }
  } else {
    refuse(info.error());
    outcome.record_errors = std::move(refusal.record_errors);
    log::LogPtr log = (*partition)->log();
    bool tells_start = refusal.rejection != protocol::Rejection::kNotForVersion &&
                       !is_told_without_log_start(outcome.error);
    if (tells_start && log != nullptr) outcome.info.log_start_offset = log->log_start_offset();
  }
  return outcome;
}

struct Appends::Written {
  std::int16_t acks = 1;
  std::int32_t timeout_ms = 0;
  std::vector<TopicPartition> partitions;
  std::vector<AppendOutcome> outcomes;  // while flushes are awaited each belongs to its own
  AppendCallback callback;
};

void Appends::append(const AppendRequest& request, AppendCallback callback) {
  Written written;
  written.acks = request.acks;
  written.timeout_ms = request.timeout_ms;
  written.callback = std::move(callback);
  written.outcomes.reserve(request.entries.size());
  bool awaits_flush = false;
  for (const AppendEntry& entry : request.entries) {
    written.outcomes.push_back(append_one(entry, request));
    written.partitions.push_back(entry.partition);
    awaits_flush |= written.outcomes.back().awaits_flush != nullptr;
  }
  for (std::size_t i = 0; i < written.outcomes.size(); ++i) {
    if (written.outcomes[i].error != ErrorCode::kNone) continue;
    if (written.outcomes[i].info.high_watermark_moved) {
      waits_.check(written.partitions[i]);
    } else {
      waits_.fetch.check_and_complete(written.partitions[i]);
    }
  }
  if (!awaits_flush) return acknowledge(written);
  await_flushes(std::make_shared<Written>(std::move(written)));
}

void Appends::await_flushes(const std::shared_ptr<Written>& written) {
  // The last flush, on its own thread, takes all else that is in `written`.
  std::vector<std::pair<std::size_t, PartitionPtr>> awaited;
  for (std::size_t i = 0; i < written->outcomes.size(); ++i) {
    PartitionPtr& partition = written->outcomes[i].awaits_flush;
    if (partition != nullptr) awaited.emplace_back(i, std::move(partition));
  }
  auto flushes_left = std::make_shared<std::atomic<std::size_t>>(awaited.size());
  for (auto& [number, partition] : awaited) {
    std::size_t i = number;
    partition->when_flushed(written->outcomes[i].info.last_offset + 1,
                            [this, written, flushes_left, i](const base::Status& flushed) {
                              AppendOutcome& outcome = written->outcomes[i];
                              if (!flushed.ok()) {
                                outcome.error = protocol::code_of(flushed.error());
                                outcome.message = flushed.error().message;
                              }
                              waits_.check(written->partitions[i]);  // more may be committed
                              if (--*flushes_left == 0) acknowledge(*written);
                            });
  }
}

void Appends::acknowledge(Written& written) {
  bool wrote_any =
      std::any_of(written.outcomes.begin(), written.outcomes.end(),
                  [](const AppendOutcome& outcome) { return outcome.error == ErrorCode::kNone; });
  if (written.acks != -1 || !wrote_any) return written.callback(std::move(written.outcomes));
  auto delayed =
      std::make_shared<DelayedProduce>(written.timeout_ms, replicas_, written.partitions,
                                       std::move(written.outcomes), std::move(written.callback));
  waits_.produce.try_complete_else_watch(delayed, std::move(written.partitions));
}

}  // namespace odradek::replica
