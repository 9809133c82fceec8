#include "tools/config_changes.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "server/config/broker_config.h"
#include "tools/config_names.h"
#include "tools/nearest_name.h"

namespace odradek::tools {
namespace {

using Names = std::vector<std::string>;

bool is_among(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names added_names(const ConfigCommand& command) {
  Names names;
  for (const auto& config : command.added) names.push_back(config.first);
  return names;
}

template <class Known>
Names unknown_of(const Names& names, Known known) {
  Names unknown;
  std::copy_if(names.begin(), names.end(), std::back_inserter(unknown),
               [&](const std::string& name) { return !known(name); });
  return unknown;
}

// "; did you mean X?" of the first name that has a neighbour.
std::string first_suggestion(const Names& names, const Names& known) {
  for (const std::string& name : names) {
    if (auto nearest = nearest_name(name, known)) return "; did you mean " + *nearest + "?";
  }
  return "";
}

base::Status check_only(const std::string& what, const std::string& type, const Names& unknown) {
  if (unknown.empty()) return {};
  const std::string names = type == config_type::kIps ? base::join(unknown, ",")
                                                      : "Set(" + base::join(unknown, ", ") + ")";
  return base::Error("Only " + what + " for '" + type +
                     "' using --bootstrap-server. Unexpected config names: " + names +
                     first_suggestion(unknown, config_names(type)));
}

void warn_of_unknown_broker_keys(const ConfigCommand& command) {
  for (const std::string& name : added_names(command)) {
    constexpr std::string_view kListenerPrefix = "listener.name.";
    if (name.starts_with(kListenerPrefix)) continue;
    if (config::find_broker_config_key(name) != nullptr) continue;
    const std::string meant = suggestion(config_type::kBrokers, name);
    if (meant.empty()) continue;  // of a plugin
    std::fprintf(stderr, "WARNING: brokers have no config %s of their own%s\n", name.c_str(),
                 meant.c_str());
  }
}

}  // namespace

base::Status check_deleted(const ConfigCommand& command, const Names& now) {
  const Names missing =
      unknown_of(command.deleted, [&](const std::string& name) { return is_among(now, name); });
  if (missing.empty()) return {};
  return base::Error("Invalid config(s): " + base::join(missing, ",") +
                     first_suggestion(missing, now));
}

base::Status check_resource_changes(const ConfigCommand& command, const Names& now) {
  const std::string& type = command.entities.front().type;
  if (type != config_type::kBrokerLoggers) {
    if (type == config_type::kBrokers) warn_of_unknown_broker_keys(command);
    return check_deleted(command, now);
  }
  Names changed = command.deleted;
  for (std::string& name : added_names(command)) changed.push_back(std::move(name));
  const Names missing =
      unknown_of(changed, [&](const std::string& name) { return is_among(now, name); });
  if (missing.empty()) return {};
  return base::Error("Invalid broker logger(s): " + base::join(missing, ",") +
                     first_suggestion(missing, now));
}

base::Status check_client_changes(const ConfigCommand& command) {
  const std::string& type = command.entities.front().type;
  const Names added = added_names(command);
  if (type == config_type::kIps) {
    Names unknown = unknown_of(added, is_connection_quota_name);
    for (std::string& name : unknown_of(command.deleted, is_connection_quota_name)) {
      unknown.push_back(std::move(name));
    }
    return check_only("connection quota configs can be added", type, unknown);
  }
  if (type == config_type::kClients || command.entities.size() == 2) {
    const std::string clients(config_type::kClients);
    base::Status fine =
        check_only("quota configs can be added", clients, unknown_of(added, is_quota_name));
    if (!fine) return fine;
    return check_only("quota configs can be deleted", clients,
                      unknown_of(command.deleted, is_quota_name));
  }
  auto known = [](const std::string& name) {
    return is_quota_name(name) || is_scram_mechanism(name);
  };
  const std::string what = "quota and SCRAM credential configs can be ";
  base::Status fine = check_only(what + "added", type, unknown_of(added, known));
  if (fine) fine = check_only(what + "deleted", type, unknown_of(command.deleted, known));
  if (!fine || !changes_credentials(command)) return fine;
  if (command.entities.front().is_default()) {
    return base::Error(
        "The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials "
        "using --bootstrap-server.");
  }
  const bool has_quotas =
      std::any_of(added.begin(), added.end(), is_quota_name) ||
      std::any_of(command.deleted.begin(), command.deleted.end(), is_quota_name);
  if (!has_quotas) return {};
  return base::Error(
      "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using "
      "--bootstrap-server.");
}

bool changes_credentials(const ConfigCommand& command) {
  const Names added = added_names(command);
  return std::any_of(added.begin(), added.end(), is_scram_mechanism) ||
         std::any_of(command.deleted.begin(), command.deleted.end(), is_scram_mechanism);
}

std::string unknown_names(const ConfigCommand& command) {
  const std::string& type = command.entities.front().type;
  return type == config_type::kTopics ? first_suggestion(added_names(command), config_names(type))
                                      : "";
}

}  // namespace odradek::tools
