// TopicSettingsSource: what ZooKeeper says about topics' settings, read when a log is made and when
// they change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/config/broker_config.h"
#include "server/log/log_manager.h"
#include "server/replica/leadership.h"
#include "server/replica/replica_set.h"
#include "zk/store/configs.h"
#include "zk/store/notification_listener.h"

namespace odradek::broker {

// Safe from any thread; reads block on ZooKeeper.
class TopicSettingsSource {
 public:
  TopicSettingsSource(zk::Session& session, std::shared_ptr<const config::BrokerConfig> config);

  // Broker defaults where ZooKeeper does not answer; what cannot be read is told in the log.
  replica::TopicSettings read(const std::string& topic);
  // All at once, for the start; topics without a node have the defaults.
  std::map<std::string, replica::TopicSettings> read_all(const std::vector<std::string>& topics);

  // Applies changes of topics' settings to their logs from here on, replaying what is still noted.
  // `allow_unclean` is told of each topic whose own setting allows unclean elections now.
  using AllowUnclean = std::function<void(const std::string& topic)>;
  void follow_changes(log::LogManager& logs, replica::ReplicaSet& replicas,
                      AllowUnclean allow_unclean);
  void stop();

 private:
  replica::TopicSettings settings_of(const std::string& topic, const zk::ConfigMap& overrides);
  void on_change(const std::string& payload, log::LogManager& logs, replica::ReplicaSet& replicas);
  // Empty, with a line in the log, when ZooKeeper does not answer.
  zk::ConfigMap overrides_of(const std::string& topic);

  zk::Session& session_;
  zk::Configs configs_;
  const std::shared_ptr<const config::BrokerConfig> config_;
  AllowUnclean allow_unclean_;
  std::unique_ptr<zk::NotificationListener> listener_;
};

}  // namespace odradek::broker
