// ClusterConfigs: what kafka-configs does by asking brokers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/describe_configs.h"
#include "server/client/cluster_client.h"
#include "tools/config_command.h"
#include "tools/config_report.h"

namespace odradek::tools {

class ClusterConfigs {
 public:
  explicit ClusterConfigs(client::ClusterClient& client) : client_(client) {}

  // Prints to stdout what there is to print.
  base::Status run(const ConfigCommand& command);

 private:
  using Config = protocol::DescribeConfigsResponse::Config;
  using QuotaEntry = protocol::DescribeClientQuotasResponse::Entry;

  base::Status describe(const ConfigCommand& command);
  base::Status describe_resources(const ConfigCommand& command, ConfigReport& report);
  base::Status describe_quotas(const ConfigCommand& command, ConfigReport& report);
  base::Status describe_credentials(const ConfigCommand& command, ConfigReport& report);
  base::Status alter(const ConfigCommand& command);
  base::Status alter_resource(const ConfigCommand& command);
  base::Status alter_quotas(const ConfigCommand& command);
  base::Status alter_credentials(const ConfigCommand& command);

  // Whom to ask about it: the broker itself, or any.
  base::Result<client::BrokerConnection*> broker_of(const ConfigEntity& entity);
  base::Status check_broker(const ConfigEntity& entity);
  base::Result<std::vector<Config>> configs_of(const ConfigEntity& entity, bool all);
  base::Result<std::vector<std::string>> all_names(const std::string& type);
  base::Result<std::vector<QuotaEntry>> quotas_of(const ConfigCommand& command);

  client::ClusterClient& client_;
};

}  // namespace odradek::tools
