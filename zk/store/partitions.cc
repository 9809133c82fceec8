#include "zk/store/partitions.h"

#include <set>
#include <string>
#include <utility>

#include "zk/data/paths.h"
#include "zk/store/bulk.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

std::string state_path(const protocol::TopicPartition& partition) {
  return paths::partition_state(partition.topic, partition.partition);
}

std::vector<std::string> state_paths(const std::vector<protocol::TopicPartition>& partitions) {
  std::vector<std::string> paths;
  paths.reserve(partitions.size());
  for (const auto& partition : partitions) paths.push_back(state_path(partition));
  return paths;
}

Create empty_node(std::string path) {
  return {std::move(path), std::nullopt, CreateMode::kPersistent, {}};
}

// The …/partitions nodes that are missing: a creation that finds its node there would make a whole
// multi fail. A topic whose partition 0 is created is new and not asked for; should the node be
// there all the same, the ops of that multi are tried one by one.
base::Result<std::set<std::string>> missing_parents(
    Session& session, const std::vector<PartitionStateUpdate>& updates) {
  std::set<std::string> missing;
  for (const auto& update : updates) {
    if (update.partition.partition == 0) {
      missing.insert(paths::topic_partitions(update.partition.topic));
    }
  }
  std::set<std::string> doubtful;
  for (const auto& update : updates) {
    std::string parent = paths::topic_partitions(update.partition.topic);
    if (!missing.contains(parent)) doubtful.insert(std::move(parent));
  }
  std::vector<Request> requests;
  for (const std::string& parent : doubtful) requests.push_back(Exists{parent});
  for (const Response& response : session.execute(std::move(requests))) {
    if (response.code == Code::kNoNode) {
      missing.insert(response.path);
    } else if (!response.ok()) {
      return error_of(response.code, "reading", response.path);
    }
  }
  return missing;
}

base::Result<std::vector<std::optional<StoredPartitionState>>> decode_states(
    const std::vector<Response>& responses) {
  std::vector<std::optional<StoredPartitionState>> states(responses.size());
  for (std::size_t i = 0; i < responses.size(); ++i) {
    auto state = decoded(responses[i], PartitionState::decode);
    if (!state) return state.error();
    if (*state) states[i] = StoredPartitionState{std::move(**state), responses[i].stat.version};
  }
  return states;
}

}  // namespace

base::Result<std::vector<std::optional<StoredPartitionState>>> Partitions::read(
    const std::vector<protocol::TopicPartition>& partitions) {
  return decode_states(read_each(session_, state_paths(partitions)));
}

base::Result<std::vector<std::optional<StoredPartitionState>>> Partitions::read_all(
    const std::vector<protocol::TopicPartition>& partitions) {
  return decode_states(read_many(session_, state_paths(partitions)));
}

base::Result<std::vector<PartitionUpdateResult>> Partitions::create(
    const Fence& fence, const std::vector<PartitionStateUpdate>& updates) {
  auto missing = missing_parents(session_, updates);
  if (!missing) return missing.error();
  std::vector<Op> ops;
  std::vector<std::size_t> state_ops;  // the op of each update that says how it went
  for (const auto& update : updates) {
    const auto& [topic, partition] = update.partition;
    std::string parent = paths::topic_partitions(topic);
    if (missing->erase(parent) > 0) ops.emplace_back(empty_node(std::move(parent)));
    ops.emplace_back(empty_node(paths::partition(topic, partition)));
    state_ops.push_back(ops.size());
    ops.emplace_back(
        Create{state_path(update.partition), update.state.encode(), CreateMode::kPersistent, {}});
  }
  auto done = execute_fenced(session_, fence, std::move(ops));
  if (!done) return done.error();
  std::vector<PartitionUpdateResult> results(updates.size());
  std::vector<bool> doubtful(updates.size());
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const FencedResult& result = (*done)[state_ops[i]];
    results[i].code = result.code;
    doubtful[i] = result.code == Code::kNodeExists && result.resent;
  }
  base::Status confirmed = confirm_resent(updates, doubtful, results);
  if (!confirmed) return confirmed.error();
  return results;
}

base::Result<std::vector<PartitionUpdateResult>> Partitions::update(
    const Fence& fence, const std::vector<PartitionStateUpdate>& updates) {
  std::vector<Op> ops;
  ops.reserve(updates.size());
  for (const auto& update : updates) {
    ops.emplace_back(SetData{state_path(update.partition), update.state.encode(),
                             update.expected_partition_epoch});
  }
  auto done = execute_fenced(session_, fence, std::move(ops));
  if (!done) return done.error();
  std::vector<PartitionUpdateResult> results(updates.size());
  std::vector<bool> doubtful(updates.size());
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const FencedResult& result = (*done)[i];
    results[i] = {result.code, result.stat.version};
    doubtful[i] = result.code == Code::kBadVersion && result.resent;
  }
  base::Status confirmed = confirm_resent(updates, doubtful, results);
  if (!confirmed) return confirmed.error();
  return results;
}

// After a lost connection: what looks like a foreign write may be our own first sending.
base::Status Partitions::confirm_resent(const std::vector<PartitionStateUpdate>& updates,
                                        const std::vector<bool>& doubtful,
                                        std::vector<PartitionUpdateResult>& results) {
  std::vector<std::size_t> indexes;
  std::vector<protocol::TopicPartition> partitions;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    if (!doubtful[i]) continue;
    indexes.push_back(i);
    partitions.push_back(updates[i].partition);
  }
  if (indexes.empty()) return {};
  auto states = read(partitions);
  if (!states) return states.error();
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto& update = updates[indexes[i]];
    PartitionUpdateResult& result = results[indexes[i]];
    const auto& stored = (*states)[i];
    std::int32_t ours = result.code == Code::kNodeExists ? 0 : update.expected_partition_epoch + 1;
    if (!stored || stored->partition_epoch != ours || stored->state != update.state) continue;
    result = {Code::kOk, ours};
  }
  return {};
}

base::Result<PartitionUpdateResult> Partitions::update_as_leader(
    const PartitionStateUpdate& update) {
  const std::string path = state_path(update.partition);
  Response response =
      session_.call(SetData{path, update.state.encode(), update.expected_partition_epoch});
  if (response.ok()) return PartitionUpdateResult{Code::kOk, response.stat.version};
  if (response.code == Code::kNoNode) return PartitionUpdateResult{Code::kNoNode, 0};
  if (response.code != Code::kBadVersion) return error_of(response.code, "writing", path);
  auto stored = read({update.partition});
  if (!stored) return stored.error();
  const auto& now = stored->front();
  if (now && now->state == update.state) {
    return PartitionUpdateResult{Code::kOk, now->partition_epoch};
  }
  return PartitionUpdateResult{Code::kBadVersion, now ? now->partition_epoch : 0};
}

}  // namespace odradek::zk
