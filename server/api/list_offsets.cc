// ListOffsets (key 2): where a partition begins and ends, and which offset belongs to a time.
#include <algorithm>
#include <utility>

#include "server/api/apis.h"
#include "server/log/segment_offsets.h"
#include "server/replica/replica_set.h"

namespace odradek::api {
namespace {

using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

constexpr std::int8_t kReadCommitted = 1;
constexpr std::int32_t kConsumer = -1;
constexpr std::int32_t kDebuggingConsumer = -2;  // sees any replica, up to its end

bool is_consumer(const ListOffsetsRequest& request) { return request.replica_id == kConsumer; }

// How a client of this request sees the partition's end: a follower sees all of it.
protocol::Offset end_for(const ListOffsetsRequest& request, const log::Log& log) {
  if (!is_consumer(request)) return log.log_end_offset();
  return request.isolation_level == kReadCommitted ? log.last_stable_offset()
                                                   : log.high_watermark();
}

// A new leader does not know yet how much of what it has is committed: it may not show an end that
// consumers have seen further on (KIP-207).
bool may_show_earlier_end(const replica::Partition& partition, const log::Log& log) {
  auto epoch_start = partition.epoch_start();
  return epoch_start && *epoch_start > log.high_watermark();
}

ErrorCode no_offset_yet(std::int16_t version) {
  return version >= 5 ? ErrorCode::kOffsetNotAvailable : ErrorCode::kLeaderNotAvailable;
}

// Version 0 asked for segments.
base::Status fill_old_style(Services& services, const ListOffsetsRequest& request,
                            const ListOffsetsRequest::Partition& asked, const log::Log& log,
                            ListOffsetsResponse::Partition& partition) {
  auto limit = static_cast<std::size_t>(std::max(asked.max_num_offsets, 0));
  auto offsets = log::segment_offsets_before(log, asked.timestamp, limit, services.clock.wall_ms());
  if (!offsets) return offsets.error();
  partition.old_style_offsets =
      is_consumer(request) ? log::visible_offsets(std::move(*offsets), log.high_watermark())
                           : std::move(*offsets);
  return {};
}

// Negative times that mean something do so from some version on, as since Kafka 3.9; version 0 is
// that of -1 and -2.
bool knows_time(std::int64_t timestamp, std::int16_t version) {
  if (timestamp >= log::kEarliestTimestamp) return true;
  if (timestamp == log::kMaxTimestamp) return version >= 7;
  if (timestamp == log::kEarliestLocalTimestamp) return version >= 8;
  return timestamp == log::kLatestTieredTimestamp && version >= 9;
}

// Records of magic 0 have no times to look for.
bool looks_for_time_without_times(const log::Log& log, std::int64_t timestamp) {
  return timestamp != log::kLatestTimestamp && timestamp != log::kEarliestTimestamp &&
         log.options()->record_magic == 0;
}

ListOffsetsResponse::Partition look_up(Services& services, const ListOffsetsRequest& request,
                                       const std::string& topic,
                                       const ListOffsetsRequest::Partition& asked,
                                       std::int16_t version) {
  ListOffsetsResponse::Partition partition;
  partition.partition_index = asked.partition_index;
  auto refuse = [&partition](ErrorCode error) {
    partition.error_code = error;
    return partition;
  };
  if (!knows_time(asked.timestamp, version)) return refuse(ErrorCode::kUnsupportedVersion);
  auto led = services.replicas.readable({topic, asked.partition_index}, asked.current_leader_epoch,
                                        request.replica_id != kDebuggingConsumer);
  if (!led) return refuse(protocol::code_of(led.error()));
  log::LogPtr log = (*led)->log();
  if (log == nullptr) return refuse(ErrorCode::kNotLeaderOrFollower);
  if (version == 0) {
    base::Status filled = fill_old_style(services, request, asked, *log, partition);
    return filled ? partition : refuse(protocol::code_of(filled.error()));
  }
  if (asked.timestamp == log::kLatestTieredTimestamp) return partition;  // no such offset
  if (looks_for_time_without_times(*log, asked.timestamp)) {
    return refuse(ErrorCode::kUnsupportedForMessageFormat);
  }
  bool may_be_early = is_consumer(request) && may_show_earlier_end(**led, *log);
  if (may_be_early && asked.timestamp == log::kLatestTimestamp) {
    return refuse(no_offset_yet(version));
  }
  auto found = log->offset_for_timestamp(asked.timestamp, end_for(request, *log));
  if (!found) return refuse(protocol::code_of(found.error()));
  if (!*found && may_be_early) return refuse(no_offset_yet(version));
  if (*found) {
    partition.timestamp = (*found)->timestamp_ms;
    partition.offset = (*found)->offset;
    partition.leader_epoch = (*found)->leader_epoch;
  }
  return partition;
}

}  // namespace

void list_offsets(Services& services, RequestContext context, ListOffsetsRequest request) {
  ListOffsetsResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    for (const auto& asked : topic.partitions) {
      answer.partitions.push_back(look_up(services, request, topic.name, asked, context.version()));
    }
  }
  context.reply(response);
}

}  // namespace odradek::api
