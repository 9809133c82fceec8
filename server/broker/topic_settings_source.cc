#include "server/broker/topic_settings_source.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "server/broker/settings.h"
#include "server/config/topic_config.h"
#include "zk/data/config_change.h"
#include "zk/data/paths.h"

namespace odradek::broker {
namespace {

constexpr std::string_view kTopicPrefix = "topics/";
constexpr const char* kUncleanKey = "unclean.leader.election.enable";

}  // namespace

TopicSettingsSource::TopicSettingsSource(zk::Session& session,
                                         std::shared_ptr<const config::BrokerConfig> config)
    : session_(session), configs_(session), config_(std::move(config)) {}

replica::TopicSettings TopicSettingsSource::settings_of(const std::string& topic,
                                                        const zk::ConfigMap& overrides) {
  std::vector<std::string> problems;
  auto built = config::TopicConfig::build_leniently(
      *config_, config::Properties(overrides.begin(), overrides.end()), problems);
  for (const std::string& problem : problems) {
    LOG(WARNING) << "topic " << topic << ": a setting in ZooKeeper is left out: " << problem;
  }
  return topic_settings(built, *config_);
}

zk::ConfigMap TopicSettingsSource::overrides_of(const std::string& topic) {
  auto overrides = configs_.read(std::string(kTopicPrefix) + topic);
  if (overrides) return std::move(*overrides);
  LOG(WARNING) << "topic " << topic << ": settings cannot be read, the broker's defaults count: "
               << overrides.error().message;
  return {};
}

replica::TopicSettings TopicSettingsSource::read(const std::string& topic) {
  return settings_of(topic, overrides_of(topic));
}

std::map<std::string, replica::TopicSettings> TopicSettingsSource::read_all(
    const std::vector<std::string>& topics) {
  std::vector<std::string> paths;
  paths.reserve(topics.size());
  for (const std::string& topic : topics) paths.push_back(std::string(kTopicPrefix) + topic);
  auto overrides = configs_.read(paths);
  if (!overrides) {
    LOG(WARNING) << "settings of topics cannot be read, the broker's defaults count: "
                 << overrides.error().message;
  }
  std::map<std::string, replica::TopicSettings> all;
  for (const std::string& topic : topics) {
    zk::ConfigMap own;
    if (overrides) {
      auto found = overrides->find(std::string(kTopicPrefix) + topic);
      if (found != overrides->end()) own = found->second;
    }
    all[topic] = settings_of(topic, own);
  }
  return all;
}

void TopicSettingsSource::follow_changes(log::LogManager& logs, replica::ReplicaSet& replicas,
                                         AllowUnclean allow_unclean) {
  allow_unclean_ = std::move(allow_unclean);
  listener_ = std::make_unique<zk::NotificationListener>(
      session_, std::string(zk::paths::kConfigChanges), std::string(zk::paths::kConfigChangePrefix),
      [this, &logs, &replicas](const std::string& payload) { on_change(payload, logs, replicas); });
  listener_->start();
}

void TopicSettingsSource::stop() { listener_.reset(); }

void TopicSettingsSource::on_change(const std::string& payload, log::LogManager& logs,
                                    replica::ReplicaSet& replicas) {
  auto change = zk::decode_config_change(payload);
  if (!change) {
    LOG(WARNING) << "a note of changed settings cannot be read: " << change.error().message;
    return;
  }
  std::string_view path = *change;
  if (!path.starts_with(kTopicPrefix)) return;
  std::string topic(path.substr(kTopicPrefix.size()));
  const zk::ConfigMap overrides = overrides_of(topic);
  replica::TopicSettings settings = settings_of(topic, overrides);
  logs.set_topic_options(topic, settings.log);
  for (const replica::PartitionPtr& partition : replicas.all()) {
    if (partition->name().topic == topic) partition->set_topic_settings(settings);
  }
  VLOG(1) << "topic " << topic << ": settings applied";
  auto unclean = overrides.find(kUncleanKey);
  if (unclean != overrides.end() && base::parse_bool(unclean->second).value_or(false)) {
    allow_unclean_(topic);
  }
}

}  // namespace odradek::broker
