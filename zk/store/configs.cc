#include "zk/store/configs.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/errors.h"
#include "zk/client/bulk_reader.h"
#include "zk/data/config_change.h"
#include "zk/data/controller.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

constexpr int kMaxRounds = 20;

// From so many on it pays to read them over a connection of their own.
constexpr std::size_t kFewestConfigsInBulk = 500;
constexpr std::int32_t kConfigsTimeoutMs = 2'000;

std::vector<Response> read_nodes(Session& session, const std::vector<std::string>& paths) {
  if (paths.size() >= kFewestConfigsInBulk) {
    auto reader = BulkReader::connect(session.connect_string(), kConfigsTimeoutMs);
    auto responses =
        reader ? reader->read(paths) : base::Result<std::vector<Response>>(reader.error());
    if (responses) return std::move(*responses);
    LOG(INFO) << "settings of " << paths.size()
              << " entities are read one by one: " << responses.error().message;
  }
  std::vector<Request> requests;
  requests.reserve(paths.size());
  for (const std::string& path : paths) requests.push_back(GetData{path});
  return session.execute(std::move(requests));
}

// Quota entities leave no empty node behind; topics and brokers keep theirs.
bool vanishes_when_empty(std::string_view entity_path) {
  std::string_view type = entity_path.substr(0, entity_path.find('/'));
  return type == "users" || type == "clients" || type == "ips";
}

}  // namespace

base::Result<std::string> Configs::payload_of(const std::string& entity_path) {
  const std::string path = paths::config(entity_path);
  Response response = session_.call(GetData{path});
  if (response.code == Code::kNoNode) return std::string();
  if (!response.ok()) return error_of(response.code, "reading", path);
  return response.data.value_or("");
}

base::Result<ConfigMap> Configs::read(const std::string& entity_path) {
  auto payload = payload_of(entity_path);
  if (!payload) return payload.error();
  auto config = decode_config(*payload);
  if (config) return config;
  return base::Error(paths::config(entity_path) + " cannot be read: " + config.error().message);
}

base::Result<ConfigMap> Configs::read_or_none(const std::string& entity_path) {
  auto payload = payload_of(entity_path);
  if (!payload) return payload.error();
  auto config = decode_config(*payload);
  if (config) return config;
  LOG(ERROR) << paths::config(entity_path)
             << " cannot be read and counts as empty: " << config.error().message;
  return ConfigMap();
}

base::Result<std::map<std::string, ConfigMap>> Configs::read(
    const std::vector<std::string>& entity_paths) {
  std::vector<std::string> paths;
  paths.reserve(entity_paths.size());
  for (const std::string& entity : entity_paths) paths.push_back(paths::config(entity));
  const std::int64_t began_ms = session_.clock().monotonic_ms();
  const std::vector<Response> responses = read_nodes(session_, paths);
  LOG_IF(INFO, paths.size() >= kFewestConfigsInBulk)
      << "ZooKeeper answered what settings " << paths.size() << " entities have in "
      << session_.clock().monotonic_ms() - began_ms << " ms";
  std::map<std::string, ConfigMap> configs;
  for (std::size_t i = 0; i < entity_paths.size(); ++i) {
    const Response& response = responses[i];
    if (!response.ok() && response.code != Code::kNoNode) {
      return error_of(response.code, "reading", response.path);
    }
    auto config = decode_config(response.data.value_or(""));
    if (!config) {
      LOG(ERROR) << response.path << " cannot be read: " << config.error().message;
      continue;
    }
    configs[entity_paths[i]] = std::move(*config);
  }
  return configs;
}

base::Result<std::vector<std::string>> Configs::entities(std::string_view type) {
  auto names = children_of(session_, paths::config(type), false);
  if (names) std::sort(names->begin(), names->end());
  return names;
}

base::Status Configs::write(const std::string& entity_path, const ConfigMap& config) {
  base::Status written = set(entity_path, config);
  if (!written) return written;
  return notify(entity_path);
}

base::Status Configs::set(const std::string& entity_path, const ConfigMap& config) {
  const std::string path = paths::config(entity_path);
  if (config.empty() && vanishes_when_empty(entity_path)) return remove_if_childless(path);
  const std::string payload = encode_config(config);
  Code code = Code::kOk;
  for (int round = 0; round < kMaxRounds; ++round) {
    auto check = controller_check();
    if (!check) return check.error();
    Multi multi;
    if (*check) multi.ops.push_back(std::move(**check));
    multi.ops.emplace_back(SetData{path, payload});
    const std::size_t set_op = multi.ops.size() - 1;
    Response response = session_.call(std::move(multi));
    code = response.code;
    if (response.ok()) return {};
    auto failed = response.failed_op();
    if (!failed) break;
    if (*failed != set_op) continue;  // the controller changed: look again who it is
    if (code != Code::kNoNode) break;
    Response created =
        create_recursive(session_, Create{path, payload, CreateMode::kPersistent, {}});
    if (created.ok()) return {};
    code = created.code;
    if (code != Code::kNodeExists) break;
  }
  return error_of(code, "writing", path);
}

base::Result<std::vector<Op>> Configs::creation(const std::string& entity_path,
                                                const ConfigMap& config) {
  auto check = controller_check();
  if (!check) return check.error();
  std::vector<Op> ops;
  if (*check) ops.push_back(std::move(**check));
  ops.emplace_back(
      Create{paths::config(entity_path), encode_config(config), CreateMode::kPersistent, {}});
  return ops;
}

// A check that no KRaft controller takes over while we write; none when there is no controller.
base::Result<std::optional<Op>> Configs::controller_check() {
  const std::string path(paths::kController);
  Response response = session_.call(GetData{path});
  if (response.code == Code::kNoNode) return std::optional<Op>();
  if (!response.ok()) return error_of(response.code, "reading", path);
  auto controller = ControllerData::decode(response.data.value_or(""));
  if (!controller) return base::Error(path + " cannot be read: " + controller.error().message);
  if (controller->kraft_controller_epoch > 0) {
    return base::Error(protocol::ErrorCode::kNotController,
                       "a KRaft controller owns this cluster's configs");
  }
  return std::optional<Op>(Check{path, response.stat.version});
}

base::Status Configs::remove_if_childless(const std::string& path) {
  auto check = controller_check();
  if (!check) return check.error();
  Response removed = session_.call(Delete{path});
  if (removed.code == Code::kNotEmpty) return set_or_create(session_, path, encode_config({}));
  if (!removed.ok() && removed.code != Code::kNoNode) {
    return error_of(removed.code, "deleting", path);
  }
  // users/<u>/clients/<c> was perhaps the last of its level, and of its user.
  std::string clients(paths::parent(path));
  if (paths::name(clients) != "clients" || clients == paths::kConfigClients) return {};
  if (!session_.call(Delete{clients}).ok()) return {};
  std::string user(paths::parent(clients));
  Response stored = session_.call(GetData{user});
  auto config = decode_config(stored.data.value_or(""));
  if (!stored.ok() || !config || !config->empty()) return {};
  Response user_removed = session_.call(Delete{user, stored.stat.version});
  if (!user_removed.ok()) VLOG(1) << user << " stays: " << to_string(user_removed.code);
  return {};
}

base::Status Configs::notify(const std::string& entity_path) {
  Create change{paths::config_change(),
                encode_config_change(entity_path),
                CreateMode::kPersistentSequential,
                {}};
  Response response = create_recursive(session_, std::move(change));
  if (!response.ok()) return error_of(response.code, "creating", paths::kConfigChanges);
  return {};
}

base::Status Configs::remove_topic(const Fence& fence, const std::string& topic) {
  return delete_recursive(session_, paths::child(paths::kConfigTopics, topic), fence);
}

}  // namespace odradek::zk
