#include "zk/store/topics.h"

#include <algorithm>
#include <utility>

#include "protocol/errors.h"
#include "zk/data/paths.h"
#include "zk/store/bulk.h"
#include "zk/store/configs.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

std::vector<std::string> paths_of(const std::vector<std::string>& topics) {
  std::vector<std::string> paths;
  paths.reserve(topics.size());
  for (const std::string& topic : topics) paths.push_back(paths::topic(topic));
  return paths;
}

base::Result<std::map<std::string, StoredAssignment>> decode(
    const std::vector<std::string>& topics, const std::vector<Response>& responses) {
  std::map<std::string, StoredAssignment> assignments;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    auto assignment = decoded(responses[i], TopicAssignment::decode);
    if (!assignment) return assignment.error();
    if (*assignment) {
      assignments[topics[i]] = {std::move(**assignment), responses[i].stat.mzxid};
    }
  }
  return assignments;
}

}  // namespace

base::Result<std::vector<std::string>> Topics::names(bool watch) {
  auto names = children_of(session_, paths::kTopics, watch);
  if (names) std::sort(names->begin(), names->end());
  return names;
}

base::Result<bool> Topics::exists(const std::string& topic) {
  const std::string path = paths::topic(topic);
  Response response = session_.call(Exists{path});
  if (response.ok()) return true;
  if (response.code == Code::kNoNode) return false;
  return error_of(response.code, "reading", path);
}

base::Result<std::map<std::string, TopicAssignment>> Topics::read(
    const std::vector<std::string>& topics) {
  auto stored = decode(topics, read_each(session_, paths_of(topics)));
  if (!stored) return stored.error();
  std::map<std::string, TopicAssignment> assignments;
  for (auto& [topic, found] : *stored) assignments[topic] = std::move(found.assignment);
  return assignments;
}

base::Result<std::map<std::string, StoredAssignment>> Topics::read_all(
    const std::vector<std::string>& topics) {
  return decode(topics, read_many(session_, paths_of(topics)));
}

base::Result<std::map<std::string, std::int64_t>> Topics::changes(
    const std::vector<std::string>& topics) {
  std::vector<Request> requests;
  requests.reserve(topics.size());
  for (const std::string& topic : topics) requests.push_back(Exists{paths::topic(topic)});
  std::vector<Response> responses = session_.execute(std::move(requests));
  std::map<std::string, std::int64_t> changes;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (responses[i].code == Code::kNoNode) continue;
    if (!responses[i].ok()) return error_of(responses[i].code, "reading", responses[i].path);
    changes[topics[i]] = responses[i].stat.mzxid;
  }
  return changes;
}

base::Status Topics::create(const std::string& topic, const TopicAssignment& assignment,
                            const ConfigMap& config) {
  const std::string path = paths::topic(topic);
  const Create create{path, assignment.encode(), CreateMode::kPersistent, {}};
  // Both at once, as a new topic rarely has settings already; else one after the other.
  Configs configs(session_);
  auto ops = configs.creation("topics/" + topic, config);
  if (!ops) return ops.error();
  ops->emplace_back(create);
  Response created = session_.call(Multi{std::move(*ops)});
  if (created.ok()) return {};
  bool resent = created.resent;
  const base::Error taken(protocol::ErrorCode::kTopicAlreadyExists,
                          "Topic '" + topic + "' already exists.");
  // Whose settings must not be written over.
  if (!resent && session_.call(Exists{path}).ok()) return taken;
  base::Status configured = configs.set("topics/" + topic, config);
  if (!configured) return configured;
  created = create_recursive(session_, create);
  if (created.ok()) return {};
  if (created.code != Code::kNodeExists) return error_of(created.code, "creating", path);
  resent |= created.resent;
  if (resent && session_.call(GetData{path}).data == create.data) return {};
  return taken;
}

base::Status Topics::set_assignment(const std::string& topic, const TopicAssignment& assignment) {
  const std::string path = paths::topic(topic);
  Response response = session_.call(SetData{path, assignment.encode()});
  if (response.ok()) return {};
  if (response.code == Code::kNoNode) {
    return base::Error(protocol::ErrorCode::kUnknownTopicOrPartition,
                       "Topic '" + topic + "' does not exist.");
  }
  return error_of(response.code, "writing", path);
}

base::Result<std::map<std::string, Code>> Topics::set_assignments(
    const Fence& fence, const std::map<std::string, TopicAssignment>& assignments) {
  std::vector<Op> ops;
  ops.reserve(assignments.size());
  for (const auto& [topic, assignment] : assignments) {
    ops.emplace_back(SetData{paths::topic(topic), assignment.encode()});
  }
  auto results = execute_fenced(session_, fence, std::move(ops));
  if (!results) return results.error();
  std::map<std::string, Code> codes;
  auto result = results->begin();
  for (const auto& [topic, ignored] : assignments) codes[topic] = (result++)->code;
  return codes;
}

base::Status Topics::remove(const Fence& fence, const std::string& topic) {
  return delete_recursive(session_, paths::topic(topic), fence);
}

}  // namespace odradek::zk
