// config_names: the keys that an entity's configs may have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace odradek::tools {

// Of one of config_type's types; sorted. Brokers: what can be changed while they run. None for
// types whose keys are not known here.
const std::vector<std::string>& config_names(std::string_view entity_type);

bool is_quota_name(std::string_view name);             // of users and clients
bool is_connection_quota_name(std::string_view name);  // of addresses
bool is_scram_mechanism(std::string_view name);

// "; did you mean retention.ms?" for a name that is unknown; empty when nothing comes near.
std::string suggestion(std::string_view entity_type, std::string_view name);

}  // namespace odradek::tools
