#include "zk/data/partition_list.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"

namespace odradek::zk {

std::string encode_partition_list(const std::vector<protocol::TopicPartition>& partitions) {
  boost::json::array list;
  for (const protocol::TopicPartition& each : partitions) {
    boost::json::object entry;
    entry["topic"] = each.topic;
    entry["partition"] = each.partition;
    list.push_back(std::move(entry));
  }
  boost::json::object out;
  out["version"] = 1;
  out["partitions"] = std::move(list);
  return boost::json::serialize(out);
}

base::Result<std::vector<protocol::TopicPartition>> decode_partition_list(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto list = base::json_array(*object, "partitions");
  if (!list) return list.error();
  std::vector<protocol::TopicPartition> out;
  for (const auto& each : **list) {
    const auto* entry = each.if_object();
    if (entry == nullptr) return base::Error("a partition of the list is no object");
    auto topic = base::json_string(*entry, "topic");
    if (!topic) return topic.error();
    auto partition = base::json_int32(*entry, "partition");
    if (!partition) return partition.error();
    out.push_back({std::move(*topic), *partition});
  }
  return out;
}

}  // namespace odradek::zk
