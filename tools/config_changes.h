// Checks of what kafka-configs --alter is asked to change, before anybody is asked to.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tools/config_command.h"

namespace odradek::tools {

// Every key to delete must be one of `now`, the keys that the entity has.
base::Status check_deleted(const ConfigCommand& command, const std::vector<std::string>& now);

// Of a topic, broker or logger, which has `now`: also that a logger to change exists. Warns on
// standard error of broker keys that nobody knows, because a broker takes them.
base::Status check_resource_changes(const ConfigCommand& command,
                                    const std::vector<std::string>& now);

// Of users, clients and addresses: only quotas, and of users either quotas or credentials.
base::Status check_client_changes(const ConfigCommand& command);

// Whether the command is about SCRAM credentials, where check_client_changes() let it pass.
bool changes_credentials(const ConfigCommand& command);

// What was perhaps meant by names that are unknown, to be put behind what a broker says of them.
std::string unknown_names(const ConfigCommand& command);

}  // namespace odradek::tools
