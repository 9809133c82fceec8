#include "zk/data/cluster_id.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace odradek::zk {

std::string encode_cluster_id(std::string_view cluster_id) {
  boost::json::object out;
  out["version"] = "1";
  out["id"] = cluster_id;
  return boost::json::serialize(out);
}

base::Result<std::string> decode_cluster_id(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  return base::json_string(*object, "id");
}

}  // namespace odradek::zk
