// AlterReplicaLogDirs (key 34): moves replicas between the log directories of this broker.
#include <map>

#include "server/api/apis.h"
#include "server/replica/log_dir_mover.h"

namespace odradek::api {

void alter_replica_log_dirs(Services& services, RequestContext context,
                            protocol::AlterReplicaLogDirsRequest request) {
  std::map<std::string, protocol::AlterReplicaLogDirsResponse::Topic> topics;
  for (const auto& dir : request.dirs) {
    for (const auto& topic : dir.topics) {
      auto& answer = topics[topic.name];
      answer.topic_name = topic.name;
      for (std::int32_t partition : topic.partitions) {
        ErrorCode error = services.log_dir_mover.move({topic.name, partition}, dir.path);
        answer.partitions.push_back({partition, error});
      }
    }
  }
  protocol::AlterReplicaLogDirsResponse response;
  for (auto& [name, topic] : topics) response.results.push_back(std::move(topic));
  context.reply(response);
}

}  // namespace odradek::api
