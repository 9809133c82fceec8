#include "zk/store/brokers.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "protocol/errors.h"
#include "zk/data/paths.h"
#include "zk/store/bulk.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

base::Error foreign_owner(const std::string& path, std::int64_t owner) {
  std::ostringstream text;
  text
      << path << " belongs to another ZooKeeper session (0x" << std::hex << owner
      << "): another broker runs with this id, or this one crashed a moment ago and its old session"
         " has not expired yet";
  return {protocol::ErrorCode::kDuplicateBrokerRegistration, text.str()};
}

}  // namespace

base::Result<std::int64_t> Brokers::register_broker(const BrokerRegistration& broker,
                                                    std::int32_t payload_version) {
  const std::string path = paths::broker(broker.broker_id);
  const std::string payload = broker.encode(payload_version);
  while (true) {
    // Nobody sees the node without its payload, and its data version becomes 1 as upstream.
    Response response = session_.call(
        Multi{{Create{path, std::nullopt, CreateMode::kEphemeral, {}}, SetData{path, payload, 0}}});
    if (response.ok()) {
      const Stat& stat = response.ops[1].stat;
      base::MutexLock lock(mutex_);
      registered_session_id_ = stat.ephemeral_owner;
      return stat.czxid;
    }
    if (response.code == Code::kNoNode) {
      base::Status made = make_persistent(session_, std::array{paths::kBrokerIds});
      if (!made) return made.error();
      continue;
    }
    if (response.code != Code::kNodeExists) return error_of(response.code, "registering", path);
    auto taken = take_over(path);
    if (!taken) return taken.error();
    if (*taken) return **taken;
  }
}

// The epoch when the node is our own already; nothing when it is gone, now.
base::Result<std::optional<std::int64_t>> Brokers::take_over(const std::string& path) {
  constexpr std::optional<std::int64_t> kGone;
  Response existing = session_.call(Exists{path});
  if (existing.code == Code::kNoNode) return kGone;
  if (!existing.ok()) return error_of(existing.code, "registering", path);
  std::int64_t owner = existing.stat.ephemeral_owner;
  {
    base::MutexLock lock(mutex_);
    if (owner == session_.session_id()) {
      // Ours: the answer to our creation was lost with a connection.
      registered_session_id_ = owner;
      return std::optional(existing.stat.czxid);
    }
    if (owner == 0 || owner != registered_session_id_) return foreign_owner(path, owner);
  }
  // The server told us that our previous session expired, before it deleted its nodes.
  LOG(INFO) << path << ": deleting the registration of our expired session";
  Response removed = session_.call(Delete{path});
  if (removed.ok() || removed.code == Code::kNoNode) return kGone;
  return error_of(removed.code, "registering", path);
}

base::Status Brokers::update(const BrokerRegistration& broker, std::int32_t payload_version) {
  const std::string path = paths::broker(broker.broker_id);
  Response response = session_.call(SetData{path, broker.encode(payload_version)});
  if (!response.ok()) return error_of(response.code, "updating", path);
  return {};
}

base::Result<std::vector<protocol::BrokerId>> Brokers::ids(bool watch) {
  auto names = children_of(session_, paths::kBrokerIds, watch);
  if (!names) return names.error();
  std::vector<protocol::BrokerId> ids;
  for (const std::string& name : *names) {
    if (auto id = base::parse_int<protocol::BrokerId>(name, 0)) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

base::Result<std::vector<RegisteredBroker>> Brokers::list(bool watch) {
  auto live = ids(watch);
  if (!live) return live.error();
  std::vector<std::string> paths;
  for (protocol::BrokerId id : *live) paths.push_back(paths::broker(id));
  const std::vector<Response> responses = read_each(session_, paths);
  std::vector<RegisteredBroker> brokers;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    auto registration = decoded(responses[i], [&](std::string_view text) {
      return BrokerRegistration::decode((*live)[i], text);
    });
    if (!registration) return registration.error();
    if (*registration) brokers.push_back({std::move(**registration), responses[i].stat.czxid});
  }
  return brokers;
}

base::Result<std::optional<RegisteredBroker>> Brokers::read(protocol::BrokerId broker_id) {
  const std::string path = paths::broker(broker_id);
  Response response = session_.call(GetData{path});
  if (response.code == Code::kNoNode) return std::optional<RegisteredBroker>();
  if (!response.ok()) return error_of(response.code, "reading", path);
  auto decoded = BrokerRegistration::decode(broker_id, response.data.value_or(""));
  if (!decoded) return base::Error(path + " cannot be read: " + decoded.error().message);
  return std::optional(RegisteredBroker{std::move(*decoded), response.stat.czxid});
}

base::Result<bool> Brokers::exists(protocol::BrokerId broker_id) {
  const std::string path = paths::broker(broker_id);
  Response response = session_.call(Exists{path});
  if (response.ok()) return true;
  if (response.code == Code::kNoNode) return false;
  return error_of(response.code, "reading", path);
}

base::Result<protocol::BrokerId> Brokers::generate_id(std::int32_t reserved_max_id) {
  const std::string path(paths::kBrokerSeqId);
  while (true) {
    Response response = session_.call(SetData{path, ""});
    if (response.ok()) return response.stat.version + reserved_max_id;
    if (response.code != Code::kNoNode) return error_of(response.code, "writing", path);
    base::Status made = make_persistent(session_, std::array{paths::kBrokerSeqId});
    if (!made) return made.error();
  }
}

}  // namespace odradek::zk
