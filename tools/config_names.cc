#include "tools/config_names.h"

#include <algorithm>
#include <map>

#include "server/config/broker_config.h"
#include "server/config/topic_config.h"
#include "tools/config_command.h"
#include "tools/nearest_name.h"
#include "tools/scram_credential.h"

namespace odradek::tools {
namespace {

const std::vector<std::string> kQuotas{"consumer_byte_rate", "controller_mutation_rate",
                                       "producer_byte_rate", "request_percentage"};
const std::vector<std::string> kConnectionQuotas{"connection_creation_rate"};

bool knows(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> topic_names() {
  std::vector<std::string> names;
  for (const auto& key : config::topic_config_keys()) names.emplace_back(key.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> broker_names() {
  std::vector<std::string> names;
  for (const auto* key : config::broker_config_keys()) {
    if (key->scope != config::Scope::kReadOnly) names.emplace_back(key->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> user_names() {
  std::vector<std::string> names = kQuotas;
  for (std::string_view mechanism : kScramMechanisms) names.emplace_back(mechanism);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const std::vector<std::string>& config_names(std::string_view entity_type) {
  static const std::map<std::string_view, std::vector<std::string>> names{
      {config_type::kTopics, topic_names()},
      {config_type::kBrokers, broker_names()},
      {config_type::kUsers, user_names()},
      {config_type::kClients, kQuotas},
      {config_type::kIps, kConnectionQuotas}};
  static const std::vector<std::string> none;
  auto found = names.find(entity_type);
  return found == names.end() ? none : found->second;
}

bool is_quota_name(std::string_view name) { return knows(kQuotas, name); }

bool is_connection_quota_name(std::string_view name) { return knows(kConnectionQuotas, name); }

bool is_scram_mechanism(std::string_view name) {
  return std::find(std::begin(kScramMechanisms), std::end(kScramMechanisms), name) !=
         std::end(kScramMechanisms);
}

std::string suggestion(std::string_view entity_type, std::string_view name) {
  auto nearest = nearest_name(name, config_names(entity_type));
  return nearest ? "; did you mean " + *nearest + "?" : "";
}

}  // namespace odradek::tools
