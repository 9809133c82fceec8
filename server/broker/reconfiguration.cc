#include "server/broker/reconfiguration.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "base/log.h"
#include "server/broker/live_listeners.h"
#include "server/broker/parts.h"
#include "server/broker/settings.h"

namespace odradek::broker {
namespace {

constexpr std::string_view kAllBrokers = "<default>";
// How often key stores and trust stores are looked at.
constexpr std::int64_t kFileCheckMs = 1000;

using Config = config::BrokerConfig;

// Settings that are always fine once each is, and take effect by one call.
class OnChange : public config::Reconfigurable {
 public:
  using Apply = std::function<void(const Config& now, const Config& next)>;
  OnChange(std::vector<std::string_view> keys, Apply apply)
      : keys_(std::move(keys)), apply_(std::move(apply)) {}

  std::vector<std::string_view> keys() const override { return keys_; }
  base::Status validate(const Config&, const Config&) override { return {}; }
  base::Status apply(const Config& now, const Config& next) override {
    apply_(now, next);
    return {};
  }

 private:
  const std::vector<std::string_view> keys_;
  const Apply apply_;
};

// Broker settings that topics without their own follow.
const std::vector<std::string_view> kTopicDefaults = {"compression.gzip.level",
                                                      "compression.lz4.level",
                                                      "compression.type",
                                                      "compression.zstd.level",
                                                      "log.cleaner.delete.retention.ms",
                                                      "log.cleaner.max.compaction.lag.ms",
                                                      "log.cleaner.min.cleanable.ratio",
                                                      "log.cleaner.min.compaction.lag.ms",
                                                      "log.cleanup.policy",
                                                      "log.flush.interval.messages",
                                                      "log.flush.interval.ms",
                                                      "log.index.interval.bytes",
                                                      "log.index.size.max.bytes",
                                                      "log.local.retention.bytes",
                                                      "log.local.retention.ms",
                                                      "log.message.downconversion.enable",
                                                      "log.message.timestamp.after.max.ms",
                                                      "log.message.timestamp.before.max.ms",
                                                      "log.message.timestamp.difference.max.ms",
                                                      "log.message.timestamp.type",
                                                      "log.preallocate",
                                                      "log.retention.bytes",
                                                      "log.retention.ms",
                                                      "log.roll.jitter.ms",
                                                      "log.roll.ms",
                                                      "log.segment.bytes",
                                                      "log.segment.delete.delay.ms",
                                                      "message.max.bytes",
                                                      "min.insync.replicas",
                                                      "unclean.leader.election.enable"};

void add_on_change(Parts& parts, std::vector<std::string_view> keys, OnChange::Apply apply) {
  parts.reconfigurables.push_back(std::make_unique<OnChange>(std::move(keys), std::move(apply)));
}

void add_thread_pools(Parts& parts) {
  add_on_change(parts, {"num.io.threads"}, [&parts](const Config&, const Config& next) {
    parts.sockets->resize_io_threads(next.num_io_threads);
  });
  add_on_change(parts, {"background.threads"}, [&parts](const Config&, const Config& next) {
    parts.scheduler->resize(next.background_threads);
  });
  add_on_change(parts, {"num.replica.fetchers"}, [&parts](const Config&, const Config& next) {
    parts.fetchers->resize(next.num_replica_fetchers);
  });
  add_on_change(parts, {"num.recovery.threads.per.data.dir"},
                [&parts](const Config&, const Config& next) {
                  parts.logs->set_recovery_threads(next.num_recovery_threads_per_data_dir);
                });
}

void add_logs(Parts& parts) {
  add_on_change(parts, kTopicDefaults, [&parts](const Config& now, const Config& next) {
    parts.topic_settings->apply_defaults();
    parts.logs->set_file_delete_delay_ms(next.log_segment_delete_delay_ms);
    if (now.unclean_leader_election_enable != next.unclean_leader_election_enable) {
      parts.controller->set_unclean_election_default(next.unclean_leader_election_enable);
      parts.leadership->reconsider_refusals();
    }
  });
  add_on_change(parts,
                {"log.cleaner.threads", "log.cleaner.dedupe.buffer.size",
                 "log.cleaner.io.buffer.load.factor", "log.cleaner.io.buffer.size",
                 "log.cleaner.io.max.bytes.per.second", "log.cleaner.backoff.ms"},
                [&parts](const Config&, const Config& next) {
                  parts.logs->cleaner().reconfigure(log_manager_options(next).cleaner);
                });
  add_on_change(parts, {"producer.id.expiration.ms"}, [&parts](const Config&, const Config& next) {
    parts.logs->set_producer_id_expiration_ms(next.producer_id_expiration_ms);
  });
}

void add_rates(Parts& parts) {
  add_on_change(
      parts,
      {"leader.replication.throttled.rate", "follower.replication.throttled.rate",
       "replica.alter.log.dirs.io.max.bytes.per.second"},
      [&parts](const Config&, const Config& next) {
        parts.throttles->leader.set_rate(next.leader_replication_throttled_rate);
        parts.throttles->follower.set_rate(next.follower_replication_throttled_rate);
        parts.log_dir_mover->set_rate(next.replica_alter_log_dirs_io_max_bytes_per_second);
      });
  add_on_change(parts,
                {"max.connections", "max.connection.creation.rate", "max.connections.per.ip",
                 "max.connections.per.ip.overrides"},
                [&parts](const Config&, const Config& next) {
                  parts.sockets->set_limits(connection_limits(next));
                });
}

// After password.encoder.secret became another one: what the old one opens is stored anew.
void encipher_with_present_secret(Parts& parts, const std::string& entity,
                                  const config::Properties& stored) {
  auto anew = config::reencode_passwords(*parts.config(), stored);
  if (!anew) {
    LOG(ERROR) << "passwords of " << entity
               << " cannot be enciphered with the present secret: " << anew.error().message;
    return;
  }
  if (!*anew) return;
  auto written = zk::Configs(*parts.session).write(entity, {(*anew)->begin(), (*anew)->end()});
  LOG_IF(ERROR, !written) << "passwords of " << entity << " are still enciphered with the old "
                          << "secret: " << written.error().message;
}

bool apply_brokers(Parts& parts, bool for_all, bool for_this) {
  zk::Configs configs(*parts.session);
  for (bool all : {true, false}) {
    if (!(all ? for_all : for_this)) continue;
    const std::string entity = all ? std::string(kAllBrokers) : std::to_string(parts.broker_id);
    auto stored = configs.read("brokers/" + entity);
    if (stored) {
      parts.dynamic_config.update(all, {stored->begin(), stored->end()});
      continue;
    }
    LOG(ERROR) << "settings of brokers cannot be read, they stay as they were: "
               << stored.error().message;
    // What no session will make readable is not asked for again.
    if (parts.session->state() != zk::SessionState::kConnected) return false;
  }
  return true;
}

ConfigFollower::Applier broker_applier(Parts& parts) {
  return {.apply =
              [&parts](const std::vector<std::string>& names) {
                const std::string own = std::to_string(parts.broker_id);
                bool for_all = std::ranges::find(names, kAllBrokers) != names.end();
                bool for_this = std::ranges::find(names, own) != names.end();
                return apply_brokers(parts, for_all, for_this);
              },
          .apply_all = [&parts] { return apply_brokers(parts, true, true); }};
}

}  // namespace

base::Status read_broker_settings(Parts& parts) {
  const std::string own = "brokers/" + std::to_string(parts.broker_id);
  if (auto stored = zk::Configs(*parts.session).read(own)) {
    encipher_with_present_secret(parts, own, {stored->begin(), stored->end()});
  }
  if (apply_brokers(parts, true, true)) return {};
  return base::Error("ZooKeeper did not tell the settings of brokers");
}

void follow_settings(Parts& parts) {
  add_thread_pools(parts);
  add_logs(parts);
  add_rates(parts);
  parts.reconfigurables.push_back(
      std::make_unique<LiveListeners>(ListenerSurroundings{.listeners = parts.listeners,
                                                           .tls = parts.tls,
                                                           .sockets = *parts.sockets,
                                                           .registration = *parts.registration}));
  for (const auto& component : parts.reconfigurables) parts.dynamic_config.add(*component);

  parts.topic_settings->attach(*parts.logs, *parts.replicas, [&parts](const std::string& topic) {
    parts.leadership->reconsider_refusals();
    parts.controller->enable_unclean_election(topic);
  });
  parts.config_follower = std::make_unique<ConfigFollower>(*parts.session);
  parts.config_follower->on("brokers", broker_applier(parts));
  parts.config_follower->on(
      "topics", {.apply =
                     [&parts](const std::vector<std::string>& topics) {
                       return parts.topic_settings->apply(topics);
                     },
                 .apply_all = [&parts] { return parts.topic_settings->apply_to_all(); }});
  parts.config_follower->start();
  // Not among the background threads, whose number it may be waiting to change.
  parts.file_watch = std::make_unique<base::BackgroundScheduler>(1, "settings-files");
  parts.file_watch->schedule(
      "settings-files", [&parts] { parts.dynamic_config.reload_files(); }, kFileCheckMs,
      kFileCheckMs);
}

}  // namespace odradek::broker
