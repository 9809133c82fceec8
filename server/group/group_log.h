// GroupLog: writes the records of groups into their partition of __consumer_offsets, in the order
// in which they were given, many writes to a batch where they meet.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "protocol/errors.h"
#include "protocol/record/compression/codec.h"
#include "protocol/types.h"
#include "server/group/group_records.h"

namespace odradek::group {

struct GroupLogOptions {
  protocol::CompressionType codec = protocol::CompressionType::kNone;
  std::int16_t required_acks = -1;
  config::InterBrokerProtocol between_brokers = config::kLatestInterBrokerProtocol;
};

struct Written {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  protocol::Offset first_offset = -1;  // of the first record of this write
};
using WrittenCallback = std::function<void(Written)>;

// What a client is told of a write that failed, where it makes no difference what was written.
protocol::ErrorCode error_of_write(protocol::ErrorCode error);

// Appends a batch to the partition; the answer comes once as many replicas have it as `acks` asks
// for, on any thread.
using AppendBatch = std::function<void(std::int32_t partition, std::int16_t acks, base::Bytes batch,
                                       WrittenCallback callback)>;

// Safe from any thread.
class GroupLog {
 public:
  // How many bytes of records share one batch.
  static constexpr std::size_t kMaxBatchBytes = 64 * 1024;

  GroupLog(const GroupLogOptions& options, const base::Clock& clock, AppendBatch append);

  config::InterBrokerProtocol between_brokers() const { return options_.between_brokers; }

  // Puts the records at the end of the partition's queue, which costs no I/O, so that it may and
  // should be done under the group's lock: then the log has the order of the decisions. After
  // releasing the lock, flush(). The callback runs in flush(), of whichever thread, or later.
  void enqueue(std::int32_t partition, std::vector<GroupRecord> records, WrittenCallback callback)
      EXCLUDES(mutex_);
  // The same for tombstones, which wait for no follower, as upstream: what is lost of them is
  // written again when it expires again.
  void enqueue_tombstones(std::int32_t partition, std::vector<GroupRecord> records,
                          WrittenCallback callback) EXCLUDES(mutex_);
  // Writes everything that is in the queue, unless another thread is at it and will.
  void flush(std::int32_t partition) EXCLUDES(mutex_);

 private:
  struct Write {
    std::vector<GroupRecord> records;
    std::int16_t acks = -1;
    WrittenCallback callback;
    std::size_t size_bytes = 0;
  };
  struct Queue {
    std::deque<Write> waiting;
    bool is_being_written = false;
  };

  void enqueue_write(std::int32_t partition, Write write) EXCLUDES(mutex_);
  static std::vector<Write> take_batch(Queue& queue);
  void append(std::int32_t partition, std::vector<Write> writes);

  const GroupLogOptions options_;
  const base::Clock& clock_;
  const AppendBatch append_;
  base::Mutex mutex_;
  std::map<std::int32_t, Queue> queues_ GUARDED_BY(mutex_);
};

}  // namespace odradek::group
