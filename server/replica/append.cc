#include "server/replica/append.h"

#include <algorithm>
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

void Appends::append(const AppendRequest& request, AppendCallback callback) {
  std::vector<AppendOutcome> outcomes;
  std::vector<TopicPartition> partitions;
  outcomes.reserve(request.entries.size());
  for (const AppendEntry& entry : request.entries) {
    outcomes.push_back(append_one(entry, request));
    partitions.push_back(entry.partition);
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].error == ErrorCode::kNone) waits_.fetch.check_and_complete(partitions[i]);
  }
  bool wrote_any = std::any_of(outcomes.begin(), outcomes.end(), [](const AppendOutcome& outcome) {
    return outcome.error == ErrorCode::kNone;
  });
  if (request.acks != -1 || !wrote_any) return callback(std::move(outcomes));
  auto delayed = std::make_shared<DelayedProduce>(request.timeout_ms, replicas_, partitions,
                                                  std::move(outcomes), std::move(callback));
  waits_.produce.try_complete_else_watch(delayed, std::move(partitions));
}

}  // namespace odradek::replica
