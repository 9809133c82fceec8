// ConfigReport: what kafka-configs --describe shows, as upstream's lines or as JSON.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/messages/describe_configs.h"
#include "tools/config_command.h"

namespace odradek::tools {

// An entity of quotas: user, client-id or ip with a name, none for the default.
using QuotaEntity = std::vector<std::pair<std::string, std::optional<std::string>>>;

class ConfigReport {
 public:
  explicit ConfigReport(bool as_json);
  ~ConfigReport();
  ConfigReport(const ConfigReport&) = delete;
  ConfigReport& operator=(const ConfigReport&) = delete;

  // Of a topic, a broker (no name: all of them), a broker's loggers; `all` tells that static values
  // are among them.
  void add_configs(const ConfigEntity& entity, bool all,
                   std::vector<protocol::DescribeConfigsResponse::Config> configs);
  // In the order of the answer.
  void add_quotas(const QuotaEntity& entity,
                  const std::vector<std::pair<std::string, double>>& quotas);
  // Iterations by mechanism.
  void add_credentials(const std::string& user,
                       const std::vector<std::pair<std::string, std::int32_t>>& credentials);
  // As ZooKeeper has them.
  void add_stored(const std::vector<ConfigEntity>& entity,
                  const std::map<std::string, std::string>& configs);

  // Lines are shown as they are added; this shows the JSON.
  void finish();

 private:
  struct Document;

  std::unique_ptr<Document> document_;  // null: lines
};

// "user-principal 'alice', default client-id", as --zookeeper has always named them.
std::string stored_entity_text(const std::vector<ConfigEntity>& entity);

}  // namespace odradek::tools
