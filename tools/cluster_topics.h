// ClusterTopics: what kafka-topics does by asking brokers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/messages/metadata.h"
#include "server/client/cluster_client.h"
#include "tools/topic_description.h"
#include "tools/topics_command.h"

namespace odradek::tools {

class ClusterTopics {
 public:
  explicit ClusterTopics(client::ClusterClient& client) : client_(client) {}

  // Prints to stdout what there is to print.
  base::Status run(const TopicsCommand& command);

 private:
  using Topic = protocol::MetadataResponse::Topic;

  base::Status list(const TopicsCommand& command);
  base::Status create(const TopicsCommand& command);
  base::Status describe(const TopicsCommand& command);
  base::Status alter(const TopicsCommand& command);
  base::Status remove(const TopicsCommand& command);

  // The topics that the command means, sorted by name.
  base::Result<std::vector<Topic>> find(const TopicsCommand& command);
  // As find(), but none is an error unless --if-exists.
  base::Result<std::vector<Topic>> require(const TopicsCommand& command);
  base::Status add_configs(std::vector<TopicDescription>& topics);
  base::Status add_reassignments(std::vector<TopicDescription>& topics);

  client::ClusterClient& client_;
  std::set<protocol::BrokerId> live_brokers_;  // as of find()
};

}  // namespace odradek::tools
