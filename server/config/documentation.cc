#include <string>

#include "server/config/broker_config.h"

namespace odradek::config {
namespace {

// A bar would end a table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

const char* note_on(Standing standing) {
  switch (standing) {
    case Standing::kHonoured:
    case Standing::kInternal:
      return "";
    case Standing::kNotBuilt:
      return " Not built yet.";
    case Standing::kJavaOnly:
      return " Accepted without effect.";
    case Standing::kKraftOnly:
    case Standing::kKraftRefused:
      return "";
    case Standing::kOldRelease:
      return " Deprecated: Kafka dropped it in 3.0.";
    case Standing::kDynamicOnly:
      return " Set at run time only.";
  }
  return "";
}

std::string row_of(const ConfigKey<BrokerConfig>& key) {
  std::string default_text = key.default_text == nullptr             ? "unset"
                             : std::string(key.default_text).empty() ? "empty"
                                                                     : cell(key.default_text);
  return "| " + std::string(key.name) + " | " + config_type_name(key.type()) + " | " +
         default_text + " | " + cell(key.validator.describe()) + " | " + scope_name(key.scope) +
         " | " + importance_name(key.importance) + " | " + cell(key.doc) + note_on(key.standing) +
         " |\n";
}

}  // namespace

std::string broker_config_documentation() {
  std::string text =
      "# Broker configuration\n\n"
      "Printed by `kafka-server --print-configs`. A read-only key needs a restart; a per-broker "
      "key "
      "may change at run time for one broker, a cluster-wide one also for all.\n\n"
      "| Key | Type | Default | Valid | Change | Importance | Meaning |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto* key : broker_config_keys()) {
    if (key->standing != Standing::kInternal) text += row_of(*key);
  }
  return text;
}

}  // namespace odradek::config
