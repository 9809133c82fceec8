// ListOffsets (key 2): where a partition begins and ends, and which offset belongs to a time.
#include <utility>

#include "server/api/apis.h"
#include "server/replica/replica_set.h"

namespace odradek::api {
namespace {

using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

constexpr std::int8_t kReadCommitted = 1;
constexpr std::int32_t kConsumer = -1;
constexpr std::int32_t kDebuggingConsumer = -2;

// How a client of this request sees the partition's end: a follower sees all of it.
protocol::Offset end_for(const ListOffsetsRequest& request, const log::Log& log) {
  bool is_consumer = request.replica_id == kConsumer || request.replica_id == kDebuggingConsumer;
  if (!is_consumer) return log.log_end_offset();
  return request.isolation_level == kReadCommitted ? log.last_stable_offset()
                                                   : log.high_watermark();
}

// Version 0 answered a list, newest first; the ends of the log and the offset found are what
// clients make of it.
void fill_old_style(const ListOffsetsRequest::Partition& asked, const log::FoundOffset* found,
                    const log::Log& log, ListOffsetsResponse::Partition& partition) {
  auto& offsets = partition.old_style_offsets;
  if (found != nullptr) offsets.push_back(found->offset);
  bool wants_start = asked.timestamp != log::kEarliestTimestamp && found != nullptr &&
                     found->offset > log.log_start_offset();
  if (wants_start) offsets.push_back(log.log_start_offset());
  auto limit = static_cast<std::size_t>(std::max(asked.max_num_offsets, 0));
  if (offsets.size() > limit) offsets.resize(limit);
}

// Records of magic 0 have no times to look for; version 0 makes do with what there is.
bool looks_for_time_without_times(const log::Log& log, std::int64_t timestamp,
                                  std::int16_t version) {
  return version > 0 && timestamp != log::kLatestTimestamp &&
         timestamp != log::kEarliestTimestamp && log.options()->record_magic == 0;
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
  auto led = services.replicas.leader({topic, asked.partition_index}, asked.current_leader_epoch);
  if (!led) return refuse(protocol::code_of(led.error()));
  log::LogPtr log = (*led)->log();
  if (log == nullptr) return refuse(ErrorCode::kNotLeaderOrFollower);
  if (looks_for_time_without_times(*log, asked.timestamp, version)) {
    return refuse(ErrorCode::kUnsupportedForMessageFormat);
  }
  auto found = log->offset_for_timestamp(asked.timestamp, end_for(request, *log));
  if (!found) return refuse(protocol::code_of(found.error()));
  if (version == 0) {
    fill_old_style(asked, *found ? &**found : nullptr, *log, partition);
  } else if (*found) {
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
