#include "server/broker/identity.h"

#include "base/file.h"
#include "base/text.h"

namespace odradek::broker {
namespace {

constexpr const char* kFileName = "meta.properties";
constexpr const char* kVersionKey = "version";
constexpr const char* kClusterKey = "cluster.id";
constexpr const char* kBrokerKey = "broker.id";
constexpr std::size_t kMaxBytes = 1 << 20;
constexpr const char* kVersion = "0";  // 1 is KRaft's

std::string path_in(const std::string& directory) { return directory + "/" + kFileName; }

std::optional<std::string> value_of(const config::Properties& meta, const char* key) {
  auto found = meta.find(key);
  return found == meta.end() ? std::nullopt : std::optional(found->second);
}

// Whether there is a meta.properties; an error when the disk refuses to say or to show it. A file
// that reads but says nonsense is no matter of the disk.
base::Result<bool> look_into(const std::string& directory) {
  base::Status made = base::create_directories(directory);
  if (!made) return made.error();
  auto content = base::read_file_if_any(path_in(directory), kMaxBytes);
  if (!content) return content.error();
  return content->has_value();
}

base::Status check_one(const DirectoryIdentity& identity, const std::string& cluster_id) {
  auto refuse = [&](const std::string& why) {
    return base::Error(path_in(identity.directory) + ": " + why);
  };
  const config::Properties& meta = *identity.meta;
  std::string version = value_of(meta, kVersionKey).value_or(kVersion);
  if (version != kVersion) {
    return refuse("version is " + version + ", but a broker of a ZooKeeper cluster needs 0" +
                  (version == "1" ? " (the directory belongs to KRaft)" : ""));
  }
  std::optional<std::string> cluster = value_of(meta, kClusterKey);
  if (cluster && *cluster != cluster_id) {
    return refuse("cluster.id is " + *cluster + ", but ZooKeeper's cluster is " + cluster_id +
                  "; is zookeeper.connect right, or does the directory belong to another cluster?");
  }
  return {};
}

}  // namespace

base::Result<std::vector<DirectoryIdentity>> read_identities(
    const std::vector<std::string>& directories) {
  std::vector<DirectoryIdentity> identities;
  for (const std::string& directory : directories) {
    DirectoryIdentity identity{.directory = directory};
    base::Result<bool> has_meta = look_into(directory);
    if (!has_meta) {
      identity.failure = has_meta.error().message;
    } else if (*has_meta) {
      auto meta = config::read_properties(path_in(directory));
      if (!meta) return meta.error();
      identity.meta = std::move(*meta);
    }
    identities.push_back(std::move(identity));
  }
  return identities;
}

base::Result<std::optional<protocol::BrokerId>> check_identities(
    const std::vector<DirectoryIdentity>& identities, const std::string& cluster_id) {
  std::optional<protocol::BrokerId> stored;
  for (const DirectoryIdentity& identity : identities) {
    if (!identity.meta) continue;
    base::Status checked = check_one(identity, cluster_id);
    if (!checked) return checked.error();
    std::optional<std::string> text = value_of(*identity.meta, kBrokerKey);
    if (!text) continue;
    auto id = base::parse_int<protocol::BrokerId>(*text, 0);
    if (!id) return base::Error(path_in(identity.directory) + ": broker.id is no id: " + *text);
    if (stored && *stored != *id) {
      return base::Error("log directories belong to different brokers: " + *text + " in " +
                         path_in(identity.directory) + ", " + std::to_string(*stored) +
                         " in another of log.dirs");
    }
    stored = *id;
  }
  return stored;
}

base::Result<std::optional<protocol::BrokerId>> choose_broker_id(
    const config::BrokerConfig& config, std::optional<protocol::BrokerId> stored) {
  if (config.broker_id >= 0) {
    if (stored && *stored != config.broker_id) {
      return base::Error("broker.id is " + std::to_string(config.broker_id) +
                         ", but meta.properties in log.dirs says " + std::to_string(*stored) +
                         "; correct server.properties, or give the broker empty directories");
    }
    return std::optional(config.broker_id);
  }
  if (stored) return stored;
  if (config.broker_id_generation_enable) return std::optional<protocol::BrokerId>();
  return base::Error(
      "no broker id: broker.id is not set, meta.properties has none and "
      "broker.id.generation.enable is false");
}

void write_identities(std::vector<DirectoryIdentity>& identities, const std::string& cluster_id,
                      protocol::BrokerId broker_id) {
  for (DirectoryIdentity& identity : identities) {
    if (!identity.failure.empty()) continue;
    config::Properties meta = identity.meta.value_or(config::Properties());
    meta[kVersionKey] = kVersion;
    meta[kClusterKey] = cluster_id;
    meta[kBrokerKey] = std::to_string(broker_id);
    if (identity.meta && *identity.meta == meta) continue;
    std::string text = config::format_properties(meta);
    base::Status written = base::write_file_atomically(path_in(identity.directory), text);
    if (!written) identity.failure = written.error().message;
  }
}

}  // namespace odradek::broker
