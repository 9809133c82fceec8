#include "zk/data/log_dir_event.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace odradek::zk {

std::string encode_log_dir_event(protocol::BrokerId broker_id) {
  boost::json::object out;
  out["version"] = 1;
  out["broker"] = broker_id;
  out["event"] = 1;
  return boost::json::serialize(out);
}

base::Result<protocol::BrokerId> decode_log_dir_event(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  return base::json_int32(*object, "broker");
}

}  // namespace odradek::zk
