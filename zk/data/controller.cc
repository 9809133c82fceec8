#include "zk/data/controller.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace odradek::zk {

std::string ControllerData::encode() const {
  boost::json::object out;
  out["version"] = version;
  out["brokerid"] = broker_id;
  out["timestamp"] = std::to_string(timestamp_ms);
  if (version >= 2) out["kraftControllerEpoch"] = kraft_controller_epoch;
  return boost::json::serialize(out);
}

base::Result<ControllerData> ControllerData::decode(std::string_view text) {
  ControllerData data;
  if (auto bare = base::parse_int<std::int32_t>(text)) {
    data.version = 0;
    data.broker_id = *bare;
    return data;
  }
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto broker_id = base::json_int32(*object, "brokerid");
  if (!broker_id) return broker_id.error();
  auto kraft_epoch = base::optional_json_int32(*object, "kraftControllerEpoch");
  if (!kraft_epoch) return kraft_epoch.error();
  data.broker_id = *broker_id;
  data.kraft_controller_epoch = kraft_epoch->value_or(-1);
  // The rest is of no use to any reader: as upstream, it may be wrong.
  if (auto version = base::json_int32(*object, "version")) data.version = *version;
  if (auto timestamp = base::json_string(*object, "timestamp")) {
    data.timestamp_ms = base::parse_int<std::int64_t>(*timestamp).value_or(0);
  }
  return data;
}

}  // namespace odradek::zk
