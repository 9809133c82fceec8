#include "zk/data/reassignment.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"

namespace odradek::zk {
namespace {

base::Status only_fields(const boost::json::object& object,
                         std::initializer_list<std::string_view> known) {
  for (const auto& [key, ignored] : object) {
    bool is_known = false;
    for (std::string_view name : known) is_known = is_known || name == std::string_view(key);
    if (!is_known) {
      return base::Error("unknown field '" + std::string(key) + "' in a reassignment");
    }
  }
  return {};
}

base::Status decode_partition(const boost::json::value& value, Reassignment& out) {
  const auto* object = value.if_object();
  if (object == nullptr) return base::Error("a partition of a reassignment is no object");
  base::Status known = only_fields(*object, {"topic", "partition", "replicas"});
  if (!known) return known;
  auto topic = base::json_string(*object, "topic");
  if (!topic) return topic.error();
  auto partition = base::json_int32(*object, "partition");
  if (!partition) return partition.error();
  auto replicas = base::json_int32_list(*object, "replicas");
  if (!replicas) return replicas.error();
  out[{std::move(*topic), *partition}] = std::move(*replicas);
  return {};
}

}  // namespace

std::string encode_reassignment(const Reassignment& reassignment) {
  boost::json::array partitions;
  for (const auto& [partition, replicas] : reassignment) {
    boost::json::object entry;
    entry["topic"] = partition.topic;
    entry["partition"] = partition.partition;
    entry["replicas"] = boost::json::array(replicas.begin(), replicas.end());
    partitions.push_back(std::move(entry));
  }
  boost::json::object out;
  out["version"] = 1;
  out["partitions"] = std::move(partitions);
  return boost::json::serialize(out);
}

base::Result<Reassignment> decode_reassignment(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  base::Status known = only_fields(*object, {"version", "partitions"});
  if (!known) return known.error();
  auto partitions = base::json_array(*object, "partitions");
  if (!partitions) return partitions.error();
  Reassignment out;
  for (const auto& each : **partitions) {
    base::Status decoded = decode_partition(each, out);
    if (!decoded) return decoded.error();
  }
  return out;
}

}  // namespace odradek::zk
