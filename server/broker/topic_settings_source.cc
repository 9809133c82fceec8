#include "server/broker/topic_settings_source.h"

#include <set>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "server/broker/settings.h"
#include "server/config/topic_config.h"

namespace odradek::broker {
namespace {

constexpr std::string_view kTopicPrefix = "topics/";
constexpr std::size_t kManyTopics = 500;  // from so many on it is told how long they take
constexpr const char* kUncleanKey = "unclean.leader.election.enable";

replica::TopicSettings build_settings(const std::string& topic, const zk::ConfigMap& overrides,
                                      const config::BrokerConfig& broker) {
  std::vector<std::string> problems;
  auto built = config::TopicConfig::build_leniently(
      broker, config::Properties(overrides.begin(), overrides.end()), problems);
  for (const std::string& problem : problems) {
    LOG(WARNING) << "topic " << topic << ": a setting in ZooKeeper is left out: " << problem;
  }
  return topic_settings(built, broker);
}

}  // namespace

base::Result<TopicSettingsSource::Overrides> TopicSettingsSource::overrides_of(
    const std::vector<std::string>& topics) {
  std::vector<std::string> paths;
  paths.reserve(topics.size());
  for (const std::string& topic : topics) paths.push_back(std::string(kTopicPrefix) + topic);
  auto read = configs_.read(paths);
  if (!read) return read.error();
  Overrides overrides;
  for (auto& [path, own] : *read) {
    overrides.emplace(path.substr(kTopicPrefix.size()), std::move(own));
  }
  return overrides;
}

void TopicSettingsSource::remember(const Overrides& overrides) {
  base::MutexLock lock(mutex_);
  for (const auto& [topic, own] : overrides) {
    if (own.empty()) {
      overrides_.erase(topic);
    } else {
      overrides_[topic] = own;
    }
  }
}

std::map<std::string, replica::TopicSettings> TopicSettingsSource::settings_of(
    const std::vector<std::string>& topics, const Overrides& overrides) const {
  auto broker = config_.current();
  const replica::TopicSettings defaults = build_settings("", {}, *broker);
  std::map<std::string, replica::TopicSettings> all;
  for (const std::string& topic : topics) {
    auto own = overrides.find(topic);
    bool has_own = own != overrides.end() && !own->second.empty();
    all[topic] = has_own ? build_settings(topic, own->second, *broker) : defaults;
  }
  return all;
}

std::map<std::string, replica::TopicSettings> TopicSettingsSource::read_all(
    const std::vector<std::string>& topics) {
  const std::int64_t began_ms = base::Clock::system().monotonic_ms();
  auto overrides = overrides_of(topics);
  if (overrides) {
    remember(*overrides);
  } else {
    LOG(WARNING) << "settings of topics cannot be read, the broker's defaults count: "
                 << overrides.error().message;
  }
  auto settings = settings_of(topics, overrides ? *overrides : Overrides());
  LOG_IF(INFO, topics.size() >= kManyTopics)
      << "Settings of " << topics.size() << " topics are known after "
      << base::Clock::system().monotonic_ms() - began_ms << " ms, ZooKeeper's answers included";
  return settings;
}

void TopicSettingsSource::attach(log::LogManager& logs, replica::ReplicaSet& replicas,
                                 AllowUnclean allow_unclean) {
  logs_ = &logs;
  replicas_ = &replicas;
  allow_unclean_ = std::move(allow_unclean);
}

void TopicSettingsSource::take_effect(
    const std::map<std::string, replica::TopicSettings>& settings) {
  for (const log::LogPtr& log : logs_->all()) {
    auto own = settings.find(log->partition().topic);
    if (own != settings.end()) log->set_options(own->second.log);
  }
  for (const replica::PartitionPtr& partition : replicas_->all()) {
    auto own = settings.find(partition->name().topic);
    if (own != settings.end()) partition->set_topic_settings(own->second);
  }
}

bool TopicSettingsSource::apply(const std::vector<std::string>& topics) {
  auto overrides = overrides_of(topics);
  if (!overrides) {
    LOG(WARNING) << "changed settings of topics cannot be read: " << overrides.error().message;
    return false;
  }
  remember(*overrides);
  std::vector<std::string> readable;  // of the others nothing changes
  for (const auto& [topic, own] : *overrides) readable.push_back(topic);
  take_effect(settings_of(readable, *overrides));
  VLOG(1) << "settings of " << readable.size() << " topics applied";
  for (const auto& [topic, own] : *overrides) {
    auto unclean = own.find(kUncleanKey);
    bool is_allowed = unclean != own.end() && base::parse_bool(unclean->second).value_or(false);
    if (is_allowed) allow_unclean_(topic);
  }
  return true;
}

std::vector<std::string> TopicSettingsSource::topics_here() const {
  std::set<std::string> topics;
  for (const log::LogPtr& log : logs_->all()) topics.insert(log->partition().topic);
  for (const auto& partition : replicas_->all()) topics.insert(partition->name().topic);
  return {topics.begin(), topics.end()};
}

bool TopicSettingsSource::apply_to_all() { return apply(topics_here()); }

void TopicSettingsSource::apply_defaults() {
  const std::vector<std::string> topics = topics_here();
  Overrides overrides;
  {
    base::MutexLock lock(mutex_);
    for (const std::string& topic : topics) {
      auto own = overrides_.find(topic);
      if (own != overrides_.end()) overrides.insert(*own);
    }
    overrides_ = overrides;  // deleted topics go
  }
  take_effect(settings_of(topics, overrides));
}

}  // namespace odradek::broker
