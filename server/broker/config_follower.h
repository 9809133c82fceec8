// ConfigFollower: hears of changed settings of topics, brokers, users, clients and ips in
// ZooKeeper, and has them applied by whom they concern.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "zk/store/notification_listener.h"

namespace odradek::broker {

// on() before start(); what it was given runs on the listener's thread, one call after another.
class ConfigFollower {
 public:
  // Who applies the settings of one type of entities. Each answers false when ZooKeeper does not
  // answer, and is asked again with the next session.
  struct Applier {
    // What follows the type in the entity's path ("orders", "<default>", "alice/clients/c1"), each
    // once, however often it changed.
    std::function<bool(const std::vector<std::string>& names)> apply;
    // Any of them may have changed while there was no session.
    std::function<bool()> apply_all;
  };

  explicit ConfigFollower(zk::Session& session);

  // `type` as in paths: "topics", "brokers", "users", "clients", "ips".
  void on(std::string type, Applier applier) { appliers_[std::move(type)] = std::move(applier); }
  // From here on, and beginning with what ZooKeeper still keeps of before.
  void start() { listener_.start(); }
  void stop() { listener_.stop(); }

 private:
  bool apply(const std::vector<std::string>& payloads);
  bool apply_all();

  std::map<std::string, Applier, std::less<>> appliers_;
  zk::NotificationListener listener_;
};

}  // namespace odradek::broker
