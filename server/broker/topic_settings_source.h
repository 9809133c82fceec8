// TopicSettingsSource: the settings of topics, from ZooKeeper and the broker's own: for logs that
// are made, and for those that are there when settings change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "server/config/dynamic_config.h"
#include "server/log/log_manager.h"
#include "server/replica/replica_set.h"
#include "server/replica/topic_settings.h"
#include "zk/store/configs.h"

namespace odradek::broker {

// Safe from any thread; reads block on ZooKeeper.
class TopicSettingsSource {
 public:
  TopicSettingsSource(zk::Session& session, const config::DynamicConfig& config)
      : configs_(session), config_(config) {}

  // Broker defaults where ZooKeeper does not answer; what cannot be read is told in the log.
  // Topics without a node have the defaults.
  std::map<std::string, replica::TopicSettings> read_all(const std::vector<std::string>& topics)
      EXCLUDES(mutex_);
  replica::TopicSettings read(const std::string& topic) { return read_all({topic})[topic]; }

  // Where settings take effect, and who is told of each topic whose own setting allows unclean
  // elections now. Before the calls below.
  using AllowUnclean = std::function<void(const std::string& topic)>;
  void attach(log::LogManager& logs, replica::ReplicaSet& replicas, AllowUnclean allow_unclean);
  // Reads what ZooKeeper holds for these topics and applies it to their logs; false when it does
  // not answer, and then nothing has changed.
  bool apply(const std::vector<std::string>& topics) EXCLUDES(mutex_);
  bool apply_to_all() EXCLUDES(mutex_);
  // Broker settings changed: what each topic has of its own stays.
  void apply_defaults() EXCLUDES(mutex_);

 private:
  using Overrides = std::map<std::string, zk::ConfigMap>;  // by topic

  // Topics whose node cannot be read are told in the log and left out.
  base::Result<Overrides> overrides_of(const std::vector<std::string>& topics);
  void remember(const Overrides& overrides) EXCLUDES(mutex_);
  // By topic; the same defaults for all that have nothing of their own.
  std::map<std::string, replica::TopicSettings> settings_of(const std::vector<std::string>& topics,
                                                            const Overrides& overrides) const;
  void take_effect(const std::map<std::string, replica::TopicSettings>& settings);
  std::vector<std::string> topics_here() const;

  zk::Configs configs_;
  const config::DynamicConfig& config_;
  log::LogManager* logs_ = nullptr;
  replica::ReplicaSet* replicas_ = nullptr;
  AllowUnclean allow_unclean_;
  mutable base::Mutex mutex_;
  Overrides overrides_ GUARDED_BY(mutex_);  // of topics that have some
};

}  // namespace odradek::broker
