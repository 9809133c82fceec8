#include "server/group/group_log.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/log.h"
#include "protocol/record/batch_builder.h"

namespace odradek::group {
namespace {

using protocol::ErrorCode;

constexpr std::int16_t kLeaderOnly = 1;

std::size_t size_of(const std::vector<GroupRecord>& records) {
  std::size_t size_bytes = 0;
  for (const GroupRecord& record : records) {
    size_bytes += record.key.size() + (record.value ? record.value->size() : 0);
  }
  return size_bytes;
}

bool is_too_large(ErrorCode error) {
  return error == ErrorCode::kMessageTooLarge || error == ErrorCode::kRecordListTooLarge;
}

}  // namespace

ErrorCode error_of_write(ErrorCode error) {
  switch (error) {
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotEnoughReplicas:
    case ErrorCode::kNotEnoughReplicasAfterAppend:
      return ErrorCode::kCoordinatorNotAvailable;
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kKafkaStorageError:
      return ErrorCode::kNotCoordinator;
    default:
      return error;
  }
}

GroupLog::GroupLog(const GroupLogOptions& options, const base::Clock& clock, AppendBatch append)
    : options_(options), clock_(clock), append_(std::move(append)) {}

void GroupLog::enqueue(std::int32_t partition, std::vector<GroupRecord> records,
                       WrittenCallback callback) {
  enqueue_write(partition, {std::move(records), options_.required_acks, std::move(callback)});
}

void GroupLog::enqueue_tombstones(std::int32_t partition, std::vector<GroupRecord> records,
                                  WrittenCallback callback) {
  enqueue_write(partition, {std::move(records), kLeaderOnly, std::move(callback)});
}

void GroupLog::enqueue_write(std::int32_t partition, Write write) {
  CHECK(!write.records.empty());
  write.size_bytes = size_of(write.records);
  base::MutexLock lock(mutex_);
  queues_[partition].waiting.push_back(std::move(write));
}

std::vector<GroupLog::Write> GroupLog::take_batch(Queue& queue) {
  std::vector<Write> batch;
  std::size_t size_bytes = 0;
  while (!queue.waiting.empty()) {
    Write& next = queue.waiting.front();
    bool fits = batch.empty() ||
                (next.acks == batch.front().acks && size_bytes + next.size_bytes <= kMaxBatchBytes);
    if (!fits) break;
    size_bytes += next.size_bytes;
    batch.push_back(std::move(next));
    queue.waiting.pop_front();
  }
  return batch;
}

void GroupLog::flush(std::int32_t partition) {
  for (bool is_mine = false;; is_mine = true) {
    std::vector<Write> batch;
    {
      base::MutexLock lock(mutex_);
      auto found = queues_.find(partition);
      if (found == queues_.end()) return;
      Queue& queue = found->second;
      if (queue.is_being_written && !is_mine) return;
      batch = take_batch(queue);
      queue.is_being_written = !batch.empty();
      if (batch.empty()) return;
    }
    append(partition, std::move(batch));
  }
}

void GroupLog::append(std::int32_t partition, std::vector<Write> writes) {
  protocol::BatchBuilder builder({.codec = options_.codec});
  std::int64_t now_ms = clock_.wall_ms();
  for (const Write& write : writes) {
    for (const GroupRecord& record : write.records) {
      builder.append(now_ms, record.key,
                     record.value ? std::optional<base::ByteView>(*record.value) : std::nullopt);
    }
  }
  auto batch = builder.build();
  std::int16_t acks = writes.front().acks;
  auto shared = std::make_shared<std::vector<Write>>(std::move(writes));
  auto answer = [shared](Written written) {
    for (Write& write : *shared) {
      auto count = static_cast<protocol::Offset>(write.records.size());
      std::exchange(write.callback, nullptr)(written);
      if (written.error == ErrorCode::kNone) written.first_offset += count;
    }
  };
  if (!batch) {
    LOG(ERROR) << "a batch for __consumer_offsets-" << partition
               << " cannot be made: " << batch.error().message;
    return answer({.error = ErrorCode::kUnknownServerError});
  }
  append_(partition, acks, std::move(*batch), [this, partition, shared, answer](Written written) {
    // Together too large, each of them may still fit.
    if (!is_too_large(written.error) || shared->size() == 1) return answer(written);
    for (Write& write : *shared) {
      std::vector<Write> alone;
      alone.push_back(std::move(write));
      append(partition, std::move(alone));
    }
  });
}

}  // namespace odradek::group
