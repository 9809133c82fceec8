#include "zk/store/controller.h"

#include <string>
#include <utility>

#include "zk/data/controller_epoch.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

const std::string kControllerPath(paths::kController);            // NOLINT: constant text
const std::string kControllerEpochPath(paths::kControllerEpoch);  // NOLINT: constant text

}  // namespace

base::Result<std::optional<ControllerNode>> ControllerStore::read() {
  Response response = read_and_arm(session_, kControllerPath);
  if (response.code == Code::kNoNode) return std::optional<ControllerNode>();
  if (!response.ok()) return error_of(response.code, "reading", kControllerPath);
  auto data = ControllerData::decode(response.data.value_or(""));
  if (!data) return base::Error(kControllerPath + " cannot be read: " + data.error().message);
  return std::optional(ControllerNode{*data, response.stat.version});
}

base::Result<std::optional<ControllerEpoch>> ControllerStore::read_epoch() {
  Response response = session_.call(GetData{kControllerEpochPath});
  if (response.code == Code::kNoNode) return std::optional<ControllerEpoch>();
  if (!response.ok()) return error_of(response.code, "reading", kControllerEpochPath);
  auto epoch = decode_controller_epoch(response.data.value_or(""));
  if (!epoch)
    return base::Error(kControllerEpochPath + " cannot be read: " + epoch.error().message);
  return std::optional(ControllerEpoch{*epoch, response.stat.version});
}

base::Result<ControllerEpoch> ControllerStore::read_or_create_epoch() {
  while (true) {
    auto existing = read_epoch();
    if (!existing) return existing.error();
    if (*existing) return **existing;
    Response created = session_.call(
        Create{kControllerEpochPath, encode_controller_epoch(0), CreateMode::kPersistent, {}});
    if (created.ok()) return ControllerEpoch{0, 0};
    if (created.code != Code::kNodeExists) {
      return error_of(created.code, "creating", kControllerEpochPath);
    }
  }
}

base::Result<std::optional<Fence>> ControllerStore::elect(protocol::BrokerId broker_id,
                                                          std::int32_t payload_version) {
  auto current = read_or_create_epoch();
  if (!current) return current.error();
  const std::int32_t epoch = current->epoch + 1;
  ControllerData data;
  data.version = payload_version;
  data.broker_id = broker_id;
  data.timestamp_ms = session_.clock().wall_ms();
  Response response = session_.call(
      Multi{{Create{kControllerPath, data.encode(), CreateMode::kEphemeral, {}},
             SetData{kControllerEpochPath, encode_controller_epoch(epoch), current->zk_version}}});
  if (response.ok()) return std::optional(Fence{epoch, response.ops[1].stat.version});
  if (response.code != Code::kNodeExists && response.code != Code::kBadVersion) {
    return error_of(response.code, "electing", "the controller");
  }
  // Either somebody was faster, or this was the second sending of what had been applied.
  auto now = read();
  if (!now) return now.error();
  auto now_epoch = read_epoch();
  if (!now_epoch) return now_epoch.error();
  bool is_ours =
      *now && (*now)->data.broker_id == broker_id && *now_epoch && (*now_epoch)->epoch == epoch;
  if (!is_ours) return std::optional<Fence>();
  return std::optional(Fence{epoch, (*now_epoch)->zk_version});
}

base::Status ControllerStore::resign(const Fence& fence) {
  auto results = execute_fenced(session_, fence, {Delete{kControllerPath}});
  if (!results) return results.error();
  Code code = results->front().code;
  if (code == Code::kOk || code == Code::kNoNode) return {};
  return error_of(code, "deleting", kControllerPath);
}

}  // namespace odradek::zk
