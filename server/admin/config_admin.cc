#include "server/admin/config_admin.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "server/admin/topic_names.h"
#include "server/config/password_encoder.h"
#include "server/config/topic_config.h"

namespace odradek::admin {
namespace {

using protocol::ErrorCode;

base::Error invalid_alteration(std::string why) {
  return base::Error(ErrorCode::kInvalidRequest, std::move(why));
}

// "ConfigResource(type=TOPIC, name='orders')", as Java prints it.
base::Error invalid_for(const char* type, const std::string& name, const std::string& why) {
  return base::Error(ErrorCode::kInvalidConfig,
                     std::string("Invalid config value for resource ConfigResource(type=") + type +
                         ", name='" + name + "'): " + why);
}

// Clients know the resource from such sentences alone; others already say what contradicts what.
bool is_about_a_value(std::string_view why) {
  return why.starts_with("Invalid value ") || why.starts_with("Tiered ") ||
         why.starts_with("Remote log ");
}

std::string topic_entity(const std::string& topic) { return "topics/" + topic; }

std::string broker_entity(const std::string& broker) {
  return "brokers/" + (broker.empty() ? "<default>" : broker);
}

config::Properties properties_of(const zk::ConfigMap& stored) {
  return {stored.begin(), stored.end()};
}

zk::ConfigMap map_of(const config::Properties& values) { return {values.begin(), values.end()}; }

std::string names_of(const config::Properties& values) {
  std::vector<std::string> names;
  for (const auto& [name, text] : values) names.push_back(name);
  return base::join(names, ", ");
}

}  // namespace

base::Status ConfigAdmin::check_topic(const std::string& topic,
                                      const config::Properties& values) const {
  if (topic.empty()) return invalid_alteration("Default topic resources are not allowed.");
  if (metadata_.image()->topic(topic) == nullptr) {
    return base::Error(ErrorCode::kUnknownTopicOrPartition,
                       "The topic '" + topic + "' does not exist.");
  }
  base::Status fine = config::check_topic_config(*dynamic_config_.current(), values);
  if (fine || !is_about_a_value(fine.error().message)) return fine;
  return invalid_for("TOPIC", topic, fine.error().message);
}

base::Status ConfigAdmin::replace_topic(const std::string& topic, const config::Properties& values,
                                        bool validate_only) {
  base::Status fine = check_topic(topic, values);
  if (!fine || validate_only) return fine;
  LOG(INFO) << "topic " << topic << ": its own settings become: " << names_of(values);
  return configs_.write(topic_entity(topic), map_of(values));
}

base::Status ConfigAdmin::change_topic(const std::string& topic,
                                       const std::vector<ConfigChange>& changes,
                                       bool validate_only) {
  if (topic.empty()) return invalid_alteration("Default topic resources are not allowed.");
  if (base::Status legal = check_topic_name(topic); !legal) {
    return base::Error(ErrorCode::kUnknownTopicOrPartition,
                       "The topic '" + topic + "' does not exist.");
  }
  for (const ConfigChange& change : changes) {
    if (change.is_known_operation()) continue;
    return base::Error("there is no operation " +
                       std::to_string(static_cast<int>(change.operation)) + " on settings");
  }
  auto stored = configs_.read_or_none(topic_entity(topic));
  if (!stored) return stored.error();
  auto values = change_config(properties_of(*stored), changes, ConfigOwner::kTopic);
  if (!values) return values.error();
  return replace_topic(topic, *values, validate_only);
}

base::Status ConfigAdmin::check_broker(const std::string& broker) const {
  if (broker.empty()) return {};
  auto id = base::parse_int<std::int32_t>(broker);
  if (!id) return invalid_alteration("Node id must be an integer, but it is: " + broker);
  if (*id == broker_id_) return {};
  return invalid_alteration("Unexpected broker id, expected " + std::to_string(broker_id_) +
                            ", but received " + broker);
}

base::Result<config::Properties> ConfigAdmin::enciphered(const std::string& broker,
                                                         config::Properties values) const {
  for (auto& [name, text] : values) {
    if (!config::is_stored_enciphered(name)) continue;
    if (broker.empty()) {
      return invalid_for("BROKER", broker, "Password config can be defined only at broker level");
    }
    auto encoder = config::PasswordEncoder::with_secret(*dynamic_config_.current());
    if (!encoder) return invalid_for("BROKER", broker, "Password encoder secret not configured");
    auto encoded = encoder->encode(config::Password(std::move(text)));
    if (!encoded) return invalid_for("BROKER", broker, encoded.error().message);
    text = std::move(*encoded);
  }
  return values;
}

base::Status ConfigAdmin::write_broker(const std::string& broker, const config::Properties& values,
                                       bool validate_only) {
  base::Status fine = dynamic_config_.validate(broker.empty(), values);
  if (!fine || validate_only) return fine;
  auto persistent = enciphered(broker, values);
  if (!persistent) return persistent.error();
  // A keystore may have been replaced under its name.
  if (!broker.empty()) dynamic_config_.reload_files();
  LOG(INFO) << (broker.empty() ? "all brokers" : "broker " + broker)
            << ": dynamic settings become: " << names_of(values);
  return configs_.write(broker_entity(broker), map_of(*persistent));
}

base::Status ConfigAdmin::replace_broker(const std::string& broker,
                                         const config::Properties& values, bool validate_only) {
  if (base::Status own = check_broker(broker); !own) return own;
  return write_broker(broker, values, validate_only);
}

base::Status ConfigAdmin::change_broker(const std::string& broker,
                                        const std::vector<ConfigChange>& changes,
                                        bool validate_only) {
  if (base::Status own = check_broker(broker); !own) return own;
  for (const ConfigChange& change : changes) {
    if (change.is_known_operation()) continue;
    return invalid_alteration("Unknown operations type " +
                              std::to_string(static_cast<int>(change.operation)));
  }
  auto stored = configs_.read_or_none(broker_entity(broker));
  if (!stored) return stored.error();
  std::vector<std::string> problems;  // told when they were read
  auto now = dynamic_config_.readable(broker.empty(), properties_of(*stored), problems);
  auto values = change_config(std::move(now), changes, ConfigOwner::kBroker);
  if (!values) return values.error();
  return write_broker(broker, *values, validate_only);
}

}  // namespace odradek::admin
