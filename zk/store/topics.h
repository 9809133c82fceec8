// Topics: their names, replicas and ids in ZooKeeper (zookeeper.md §1.6).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/config.h"
#include "zk/data/topic_assignment.h"
#include "zk/store/fence.h"

namespace odradek::zk {

struct StoredAssignment {
  TopicAssignment assignment;
  std::int64_t changed_zxid = 0;  // of its node's last change
};

// Safe from any thread.
class Topics {
 public:
  explicit Topics(Session& session) : session_(session) {}

  // Arms the child watch of /brokers/topics if `watch` and there is a handler.
  base::Result<std::vector<std::string>> names(bool watch = true);
  base::Result<bool> exists(const std::string& topic);

  // Pipelined; topics without a node are absent in the result, as are (after a log line) those
  // whose payload cannot be read. Arms the node's watch where a handler is registered.
  base::Result<std::map<std::string, TopicAssignment>> read(const std::vector<std::string>& topics);
  // As read(), of many (read_many); watches may be armed or not.
  base::Result<std::map<std::string, StoredAssignment>> read_all(
      const std::vector<std::string>& topics);
  // The zxid of each topic's last change; those without a node are absent. Arms watches as read()
  // does.
  base::Result<std::map<std::string, std::int64_t>> changes(const std::vector<std::string>& topics);

  // The config node first, then the topic's. TOPIC_ALREADY_EXISTS if the topic's node exists.
  base::Status create(const std::string& topic, const TopicAssignment& assignment,
                      const ConfigMap& config);
  // As CreatePartitions does: not fenced, over any version.
  base::Status set_assignment(const std::string& topic, const TopicAssignment& assignment);
  // As the controller does (ids, reassignment): one code per topic.
  base::Result<std::map<std::string, Code>> set_assignments(
      const Fence& fence, const std::map<std::string, TopicAssignment>& assignments);

  // Everything below and at /brokers/topics/<topic>.
  base::Status remove(const Fence& fence, const std::string& topic);

 private:
  Session& session_;
};

}  // namespace odradek::zk
