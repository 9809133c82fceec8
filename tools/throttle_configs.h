// ThrottleConfigs: the configs of topics and brokers that hold a reassignment back, set and
// cleared.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "server/client/cluster_client.h"
#include "tools/replication_throttles.h"

namespace odradek::tools {

class ThrottleConfigs {
 public:
  explicit ThrottleConfigs(client::ClusterClient& client) : client_(client) {}

  // Bytes per second of each broker that takes part. Prints what was set.
  base::Status set(const MoveMap& moves, std::int64_t bytes_per_s);
  base::Status set_for_log_dirs(const std::set<BrokerId>& brokers, std::int64_t bytes_per_s);
  // Prints what is cleared.
  base::Status clear(const std::set<BrokerId>& brokers, const std::set<std::string>& topics);

 private:
  using Changes = std::map<std::string, std::optional<std::string>>;  // none: delete
  base::Status change_topics(const std::map<std::string, Changes>& topics);
  base::Status change_brokers(const std::set<BrokerId>& brokers, const Changes& changes);

  client::ClusterClient& client_;
};

}  // namespace odradek::tools
