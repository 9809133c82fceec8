#include "zk/data/topic_assignment.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace odradek::zk {
namespace {

using Replicas = std::vector<protocol::BrokerId>;

boost::json::array replicas_json(const Replicas& replicas) {
  return boost::json::array(replicas.begin(), replicas.end());
}

base::Result<std::map<std::int32_t, Replicas>> decode_replicas(const boost::json::object& object) {
  std::map<std::int32_t, Replicas> out;
  for (const auto& [name, value] : object) {
    auto partition = base::parse_int<std::int32_t>(std::string_view(name), 0);
    if (!partition) return base::Error("not a partition number: '" + std::string(name) + "'");
    auto replicas = base::json_int32_list(object, std::string_view(name));
    if (!replicas) return replicas.error();
    out[*partition] = std::move(*replicas);
  }
  return out;
}

// Absent means none.
base::Result<std::map<std::int32_t, Replicas>> decode_optional(const boost::json::object& object,
                                                               std::string_view key) {
  auto member = base::optional_json_object(object, key);
  if (!member) return member.error();
  if (*member == nullptr) return std::map<std::int32_t, Replicas>();
  return decode_replicas(**member);
}

}  // namespace

std::string TopicAssignment::encode() const {
  boost::json::object all;
  boost::json::object adding;
  boost::json::object removing;
  for (const auto& [partition, assignment] : partitions) {
    std::string key = std::to_string(partition);
    all[key] = replicas_json(assignment.replicas);
    if (!assignment.adding_replicas.empty()) {
      adding[key] = replicas_json(assignment.adding_replicas);
    }
    if (!assignment.removing_replicas.empty()) {
      removing[key] = replicas_json(assignment.removing_replicas);
    }
  }
  boost::json::object out;
  out["version"] = 3;
  if (topic_id) out["topic_id"] = topic_id->to_string();
  out["partitions"] = std::move(all);
  out["adding_replicas"] = std::move(adding);
  out["removing_replicas"] = std::move(removing);
  return boost::json::serialize(out);
}

base::Result<TopicAssignment> TopicAssignment::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  TopicAssignment topic;
  auto id = base::optional_json_string(*object, "topic_id");
  if (!id) return id.error();
  if (*id) {
    topic.topic_id = base::Uuid::parse(**id);
    if (!topic.topic_id) return base::Error("not a topic id: '" + **id + "'");
  }
  auto all = decode_optional(*object, "partitions");
  if (!all) return all.error();
  for (auto& [partition, replicas] : *all) {
    topic.partitions[partition].replicas = std::move(replicas);
  }
  auto adding = decode_optional(*object, "adding_replicas");
  if (!adding) return adding.error();
  auto removing = decode_optional(*object, "removing_replicas");
  if (!removing) return removing.error();
  for (auto& [partition, assignment] : topic.partitions) {
    if (adding->contains(partition)) {
      assignment.adding_replicas = std::move(adding->at(partition));
    }
    if (removing->contains(partition)) {
      assignment.removing_replicas = std::move(removing->at(partition));
    }
  }
  return topic;
}

}  // namespace odradek::zk
