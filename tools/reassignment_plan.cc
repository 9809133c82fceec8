#include "tools/reassignment_plan.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "base/text.h"

namespace odradek::tools {
namespace {

constexpr std::string_view kAnyLogDir = "any";

// The document's object, whose version must be 1 or missing.
base::Result<boost::json::object> parse_document(std::string_view text) {
  auto document = base::parse_json_object(text);
  if (!document) return base::Error("The input string is not a valid JSON");
  auto version = base::optional_json_int32(*document, "version");
  if (!version) return version.error();
  if (version->value_or(1) != 1) {
    return base::Error("Not supported version field value " + std::to_string(**version));
  }
  return document;
}

base::Result<TopicPartition> partition_of(const boost::json::object& entry) {
  auto topic = base::json_string(entry, "topic");
  if (!topic) return topic.error();
  auto partition = base::json_int32(entry, "partition");
  if (!partition) return partition.error();
  return TopicPartition{std::move(*topic), *partition};
}

// Calls `take` with every object of the array `key`, until one is refused.
template <class Take>
base::Status for_each_object(const boost::json::array& entries, Take take) {
  for (const boost::json::value& entry : entries) {
    if (!entry.is_object()) return base::Error("an entry of the list is no JSON object");
    base::Status taken = take(entry.get_object());
    if (!taken) return taken;
  }
  return {};
}

base::Status take_partition(const boost::json::object& entry, ReassignmentPlan& plan) {
  auto id = partition_of(entry);
  if (!id) return id.error();
  auto replicas = base::json_int32_list(entry, "replicas");
  if (!replicas) return replicas.error();
  std::vector<std::string> log_dirs(replicas->size(), std::string(kAnyLogDir));
  if (entry.contains("log_dirs")) {
    auto given = base::json_string_list(entry, "log_dirs");
    if (!given) return given.error();
    log_dirs = std::move(*given);
  }
  if (log_dirs.size() != replicas->size()) {
    return base::Error("Size of replicas list [" +
                       base::join(base::split_list(to_string(*replicas)), ", ") +
                       "] is different from size of log dirs list [" + base::join(log_dirs, ", ") +
                       "] for partition " + id->to_string());
  }
  for (std::size_t i = 0; i < log_dirs.size(); ++i) {
    if (log_dirs[i] == kAnyLogDir) continue;
    plan.log_dirs[{(*replicas)[i], id->topic, id->partition}] = log_dirs[i];
  }
  plan.partitions.emplace_back(std::move(*id), std::move(*replicas));
  return {};
}

// What stands more than once, sorted.
template <class Item>
std::set<Item> duplicates(std::vector<Item> items) {
  std::sort(items.begin(), items.end());
  std::set<Item> found;
  for (std::size_t i = 1; i < items.size(); ++i) {
    if (items[i] == items[i - 1]) found.insert(items[i]);
  }
  return found;
}

std::string listed(const std::set<TopicPartition>& partitions, std::string_view separator) {
  std::vector<std::string> names;
  for (const TopicPartition& id : partitions) names.push_back(id.to_string());
  return base::join(names, separator);
}

}  // namespace

std::string ReplicaId::to_string() const {
  return topic + "-" + std::to_string(partition) + "-" + std::to_string(broker);
}

std::string to_string(const Replicas& replicas) {
  std::vector<std::string> ids;
  for (BrokerId id : replicas) ids.push_back(std::to_string(id));
  return base::join(ids, ",");
}

std::map<TopicPartition, Replicas> ReassignmentPlan::targets() const {
  return {partitions.begin(), partitions.end()};
}

base::Result<ReassignmentPlan> parse_reassignment_plan(std::string_view text) {
  auto document = parse_document(text);
  if (!document) return document.error();
  auto entries = base::optional_json_array(*document, "partitions");
  if (!entries) return entries.error();
  ReassignmentPlan plan;
  if (*entries == nullptr) return plan;
  base::Status taken = for_each_object(
      **entries, [&plan](const boost::json::object& entry) { return take_partition(entry, plan); });
  if (!taken) return taken.error();
  return plan;
}

base::Status check_reassignment_plan(const ReassignmentPlan& plan) {
  if (plan.partitions.empty()) return base::Error("Partition reassignment list cannot be empty");
  std::vector<TopicPartition> ids;
  std::vector<std::string> repeated;
  for (const auto& [id, replicas] : plan.partitions) {
    if (replicas.empty()) return base::Error("Partition replica list cannot be empty");
    ids.push_back(id);
    const std::set<BrokerId> twice = duplicates(replicas);
    if (twice.empty()) continue;
    repeated.push_back(id.to_string() + " contains multiple entries for " +
                       to_string(Replicas(twice.begin(), twice.end())));
  }
  if (auto twice = duplicates(ids); !twice.empty()) {
    return base::Error("Partition reassignment contains duplicate topic partitions: " +
                       listed(twice, ","));
  }
  if (repeated.empty()) return {};
  return base::Error("Partition replica lists may not contain duplicate entries: " +
                     base::join(repeated, ". "));
}

std::string format_reassignment(const std::map<TopicPartition, Replicas>& assignment) {
  std::vector<std::string> partitions;
  for (const auto& [id, replicas] : assignment) {
    std::vector<std::string> dirs(replicas.size(), "\"any\"");
    partitions.push_back("{\"topic\":" + boost::json::serialize(boost::json::string(id.topic)) +
                         ",\"partition\":" + std::to_string(id.partition) + ",\"replicas\":[" +
                         to_string(replicas) + "],\"log_dirs\":[" + base::join(dirs, ",") + "]}");
  }
  return "{\"version\":1,\"partitions\":[" + base::join(partitions, ",") + "]}";
}

base::Result<std::vector<std::string>> parse_topics_to_move(std::string_view text) {
  auto document = parse_document(text);
  if (!document) return document.error();
  auto entries = base::optional_json_array(*document, "topics");
  if (!entries) return entries.error();
  std::vector<std::string> topics;
  if (*entries == nullptr) return topics;
  base::Status taken = for_each_object(**entries, [&](const boost::json::object& entry) {
    auto topic = base::json_string(entry, "topic");
    if (topic) topics.push_back(*topic);
    return topic ? base::Status() : topic.error();
  });
  if (!taken) return taken.error();
  auto twice = duplicates(topics);
  if (twice.empty()) return topics;
  return base::Error("List of topics to reassign contains duplicate entries: [" +
                     base::join(std::vector<std::string>(twice.begin(), twice.end()), ", ") + "]");
}

base::Result<std::vector<TopicPartition>> parse_partition_list(std::string_view text) {
  auto document = base::parse_json_object(text);
  if (!document) return base::Error("Replica election data is empty");
  auto entries = base::json_array(*document, "partitions");
  if (!entries) {
    return base::Error("Replica election data is missing \"partitions\" field");
  }
  std::vector<TopicPartition> partitions;
  base::Status taken = for_each_object(**entries, [&](const boost::json::object& entry) {
    auto id = partition_of(entry);
    if (id) partitions.push_back(*id);
    return id ? base::Status() : id.error();
  });
  if (!taken) return taken.error();
  auto twice = duplicates(partitions);
  if (twice.empty()) return partitions;
  return base::Error("Replica election data contains duplicate partitions: [" +
                     listed(twice, ", ") + "]");
}

base::Result<std::map<TopicPartition, std::int64_t>> parse_offsets(std::string_view text) {
  auto document = parse_document(text);
  if (!document) return document.error();
  auto entries = base::json_array(*document, "partitions");
  if (!entries) return base::Error("Missing partitions field");
  std::vector<TopicPartition> ids;
  std::map<TopicPartition, std::int64_t> offsets;
  base::Status taken = for_each_object(**entries, [&](const boost::json::object& entry) {
    auto id = partition_of(entry);
    if (!id) return base::Status(id.error());
    auto offset = base::json_int64(entry, "offset");
    if (!offset) return base::Status(offset.error());
    ids.push_back(*id);
    offsets[*id] = *offset;
    return base::Status();
  });
  if (!taken) return taken.error();
  auto twice = duplicates(ids);
  if (twice.empty()) return offsets;
  return base::Error("Offset json file contains duplicate topic partitions: " + listed(twice, ","));
}

base::Result<std::string> read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::Error("Unable to read file " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace odradek::tools
