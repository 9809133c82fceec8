// OffsetForLeaderEpoch (key 23): where a leader epoch ends, so that clients and followers find what
// was truncated.
#include "server/api/apis.h"
#include "server/replica/replica_set.h"

namespace odradek::api {

void offset_for_leader_epoch(Services& services, RequestContext context,
                             protocol::OffsetForLeaderEpochRequest request) {
  protocol::OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.topic = topic.topic;
    for (const auto& asked : topic.partitions) {
      auto& partition = answer.partitions.emplace_back();
      partition.partition = asked.partition;
      auto led =
          services.replicas.leader({topic.topic, asked.partition}, asked.current_leader_epoch);
      log::LogPtr log = led ? (*led)->log() : nullptr;
      if (log == nullptr) {
        partition.error_code =
            led ? ErrorCode::kNotLeaderOrFollower : protocol::code_of(led.error());
        continue;
      }
      log::EpochEndOffset end = log->end_offset_for_epoch(asked.leader_epoch);
      partition.leader_epoch = end.epoch;
      partition.end_offset = end.end_offset;
    }
  }
  context.reply(response);
}

}  // namespace odradek::api
