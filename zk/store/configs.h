// Configs: the overrides of topics, brokers, users, clients and ips, and their change
// notifications (zookeeper.md §1.8, §1.9).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/config.h"
#include "zk/store/fence.h"

namespace odradek::zk {

// Entities are named by their path as in change notifications, with sanitised names:
// "topics/orders", "brokers/1", "brokers/<default>", "users/alice/clients/c1". Safe from any
// thread.
class Configs {
 public:
  explicit Configs(Session& session) : session_(session) {}

  // Empty when there is no node.
  base::Result<ConfigMap> read(const std::string& entity_path);
  // As a JVM broker where settings are described and altered: a payload that cannot be read holds
  // nothing, which is told in the log.
  base::Result<ConfigMap> read_or_none(const std::string& entity_path);
  // Pipelined; an entity whose node cannot be read (payload) is logged and left out, one without
  // node has an empty map.
  base::Result<std::map<std::string, ConfigMap>> read(const std::vector<std::string>& entity_paths);
  // Entity names below "topics", "users", "users/alice/clients" …
  base::Result<std::vector<std::string>> entities(std::string_view type);

  // Replaces the whole map, then notifies all brokers. Fails while a KRaft controller owns the
  // cluster. An empty map of a user, client or ip removes the node if nothing is below it.
  base::Status write(const std::string& entity_path, const ConfigMap& config);
  // The write without the notification.
  base::Status set(const std::string& entity_path, const ConfigMap& config);
  base::Status notify(const std::string& entity_path);

  // What creates an entity's node as part of a multi: a check that no KRaft controller takes over,
  // where there is a controller, and the creation.
  base::Result<std::vector<Op>> creation(const std::string& entity_path, const ConfigMap& config);

  // With the topic.
  base::Status remove_topic(const Fence& fence, const std::string& topic);

 private:
  // Empty when there is no node.
  base::Result<std::string> payload_of(const std::string& entity_path);
  base::Result<std::optional<Op>> controller_check();
  base::Status remove_if_childless(const std::string& path);

  Session& session_;
};

}  // namespace odradek::zk
