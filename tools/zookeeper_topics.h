// ZookeeperTopics: what kafka-topics --zookeeper does without asking any broker, as up to 2.8.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/admin/replica_assignment.h"
#include "tools/topic_description.h"
#include "tools/topics_command.h"
#include "zk/client/session.h"
#include "zk/store/topics.h"

namespace odradek::tools {

class ZookeeperTopics {
 public:
  explicit ZookeeperTopics(zk::Session& session) : session_(session), topics_(session) {}

  // Prints to stdout what there is to print.
  base::Status run(const TopicsCommand& command);

 private:
  base::Status list(const TopicsCommand& command);
  base::Status create(const TopicsCommand& command);
  base::Status describe(const TopicsCommand& command);
  base::Status alter(const TopicsCommand& command);
  base::Status remove(const TopicsCommand& command);

  base::Status alter_configs(const std::string& topic, const TopicsCommand& command);
  base::Status add_partitions(const std::string& topic, const TopicsCommand& command);
  base::Result<std::vector<admin::AssignableBroker>> live_brokers();
  base::Result<std::vector<std::string>> find(const TopicsCommand& command);
  base::Result<std::vector<std::string>> require(const TopicsCommand& command);
  base::Result<std::set<std::string>> marked_for_deletion();
  base::Result<zk::TopicAssignment> assign(const TopicsCommand& command);
  base::Result<TopicDescription> read(const std::string& topic,
                                      const zk::TopicAssignment& assignment);

  zk::Session& session_;
  zk::Topics topics_;
};

}  // namespace odradek::tools
