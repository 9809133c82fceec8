#include "zk/data/partition_state.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"

namespace odradek::zk {

std::string PartitionState::encode() const {
  boost::json::object out;
  out["version"] = 1;
  out["leader"] = leader;
  out["leader_epoch"] = leader_epoch;
  out["controller_epoch"] = controller_epoch;
  out["isr"] = boost::json::array(isr.begin(), isr.end());
  // Older brokers do not know the key; absent is "recovered".
  if (recovery_state == LeaderRecoveryState::kRecovering) out["leader_recovery_state"] = 1;
  return boost::json::serialize(out);
}

base::Result<PartitionState> PartitionState::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto leader = base::json_int32(*object, "leader");
  if (!leader) return leader.error();
  auto leader_epoch = base::json_int32(*object, "leader_epoch");
  if (!leader_epoch) return leader_epoch.error();
  auto controller_epoch = base::json_int32(*object, "controller_epoch");
  if (!controller_epoch) return controller_epoch.error();
  auto isr = base::json_int32_list(*object, "isr");
  if (!isr) return isr.error();
  auto recovery = base::optional_json_int32(*object, "leader_recovery_state");
  if (!recovery) return recovery.error();
  std::int32_t recovery_state = recovery->value_or(0);
  if (recovery_state != 0 && recovery_state != 1) {
    return base::Error("unknown leader_recovery_state " + std::to_string(recovery_state));
  }
  PartitionState state;
  state.leader = *leader;
  state.leader_epoch = *leader_epoch;
  state.controller_epoch = *controller_epoch;
  state.isr = std::move(*isr);
  state.recovery_state = static_cast<LeaderRecoveryState>(recovery_state);
  return state;
}

}  // namespace odradek::zk
