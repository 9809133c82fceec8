#include "server/controller/fenced_store.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "zk/data/paths.h"
#include "zk/data/preferred_election.h"
#include "zk/store/features.h"
#include "zk/store/nodes.h"

namespace odradek::controller {
namespace {

constexpr const char* kUncleanKey = "unclean.leader.election.enable";

zk::PartitionState state_of(const Leadership& leadership) {
  return {.leader = leadership.leader,
          .leader_epoch = leadership.leader_epoch,
          .controller_epoch = leadership.controller_epoch,
          .isr = leadership.isr,
          .recovery_state = leadership.recovering ? zk::LeaderRecoveryState::kRecovering
                                                  : zk::LeaderRecoveryState::kRecovered};
}

Leadership leadership_of(const zk::StoredPartitionState& stored) {
  return {.leader = stored.state.leader,
          .leader_epoch = stored.state.leader_epoch,
          .isr = stored.state.isr,
          .recovering = stored.state.recovery_state == zk::LeaderRecoveryState::kRecovering,
          .controller_epoch = stored.state.controller_epoch,
          .partition_epoch = stored.partition_epoch};
}

WriteOutcome outcome_of(zk::Code code) {
  if (code == zk::Code::kOk) return WriteOutcome::kDone;
  if (code == zk::Code::kBadVersion) return WriteOutcome::kBadVersion;
  if (code == zk::Code::kNodeExists) return WriteOutcome::kNodeExists;
  if (code == zk::Code::kNoNode) return WriteOutcome::kNoNode;
  return WriteOutcome::kFailed;
}

}  // namespace

FencedStore::FencedStore(zk::Session& session)
    : session_(session),
      brokers_(session),
      topics_(session),
      partitions_(session),
      deletions_(session),
      configs_(session) {}

void FencedStore::begin(const zk::Fence& fence) {
  fence_ = fence;
  failure_.reset();
}

void FencedStore::end() {
  fence_ = {};
  failure_.reset();
}

bool FencedStore::controller_moved() const {
  return failure_ && zk::is_controller_moved(*failure_);
}

template <class T>
T FencedStore::take(base::Result<T> result) {
  if (result.ok()) return std::move(*result);
  if (!failure_) failure_ = result.error();
  return T{};
}

bool FencedStore::done(const base::Status& status) {
  if (status.ok()) return true;
  if (!failure_) failure_ = status.error();
  return false;
}

std::vector<zk::RegisteredBroker> FencedStore::brokers() {
  if (!ok()) return {};
  return take(brokers_.list());
}

std::optional<zk::RegisteredBroker> FencedStore::broker(BrokerId id) {
  if (!ok()) return std::nullopt;
  return take(brokers_.read(id));
}

void FencedStore::watch_broker(BrokerId id) {
  if (ok()) (void)take(brokers_.exists(id));
}

std::vector<std::string> FencedStore::topics() {
  if (!ok()) return {};
  return take(topics_.names());
}

std::map<std::string, zk::TopicAssignment> FencedStore::assignments(
    const std::vector<std::string>& topics) {
  if (!ok() || topics.empty()) return {};
  return take(topics_.read(topics));
}

std::map<std::string, zk::StoredAssignment> FencedStore::all_assignments(
    const std::vector<std::string>& topics) {
  if (!ok() || topics.empty()) return {};
  return take(topics_.read_all(topics));
}

std::map<std::string, std::int64_t> FencedStore::topic_changes(
    const std::vector<std::string>& topics) {
  if (!ok() || topics.empty()) return {};
  return take(topics_.changes(topics));
}

std::vector<std::optional<Leadership>> FencedStore::leaderships(
    const std::vector<TopicPartition>& partitions) {
  if (!ok() || partitions.empty()) return std::vector<std::optional<Leadership>>(partitions.size());
  return take_states(partitions_.read(partitions), partitions.size());
}

std::vector<std::optional<Leadership>> FencedStore::all_leaderships(
    const std::vector<TopicPartition>& partitions) {
  if (!ok()) return std::vector<std::optional<Leadership>>(partitions.size());
  return take_states(partitions_.read_all(partitions), partitions.size());
}

std::vector<std::optional<Leadership>> FencedStore::take_states(States states, std::size_t count) {
  std::vector<std::optional<Leadership>> found(count);
  const auto stored = take(std::move(states));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (stored[i]) found[i] = leadership_of(*stored[i]);
  }
  return found;
}

std::map<std::string, bool> FencedStore::unclean_overrides(const std::set<std::string>& topics) {
  std::map<std::string, bool> overrides;
  if (!ok() || topics.empty()) return overrides;
  std::vector<std::string> entities;
  for (const std::string& topic : topics) entities.push_back("topics/" + topic);
  auto configs = take(configs_.read(entities));
  for (const std::string& topic : topics) {
    auto config = configs.find("topics/" + topic);
    if (config == configs.end()) continue;
    auto value = config->second.find(kUncleanKey);
    if (value == config->second.end()) continue;
    overrides[topic] = base::parse_bool(value->second).value_or(false);
  }
  return overrides;
}

std::vector<LeadershipWritten> FencedStore::create_leaderships(
    const std::vector<LeadershipWrite>& writes) {
  return write_leaderships(writes, true);
}

std::vector<LeadershipWritten> FencedStore::update_leaderships(
    const std::vector<LeadershipWrite>& writes) {
  return write_leaderships(writes, false);
}

std::vector<LeadershipWritten> FencedStore::write_leaderships(
    const std::vector<LeadershipWrite>& writes, bool create) {
  std::vector<LeadershipWritten> written(writes.size());
  if (!ok() || writes.empty()) return written;
  std::vector<zk::PartitionStateUpdate> updates;
  updates.reserve(writes.size());
  for (const LeadershipWrite& write : writes) {
    updates.push_back({.partition = write.partition,
                       .state = state_of(write.leadership),
                       .expected_partition_epoch = write.leadership.partition_epoch});
  }
  auto results =
      take(create ? partitions_.create(fence_, updates) : partitions_.update(fence_, updates));
  for (std::size_t i = 0; i < results.size(); ++i) {
    written[i] = {.outcome = outcome_of(results[i].code),
                  .partition_epoch = results[i].partition_epoch};
    LOG_IF(ERROR, written[i].outcome == WriteOutcome::kFailed)
        << "[controller epoch " << fence_.controller_epoch << "] partition "
        << writes[i].partition.to_string()
        << ": its state was not written: " << zk::to_string(results[i].code);
  }
  return written;
}

bool FencedStore::write_assignment(const std::string& topic,
                                   const zk::TopicAssignment& assignment) {
  if (!ok()) return false;
  auto codes = take(topics_.set_assignments(fence_, {{topic, assignment}}));
  auto it = codes.find(topic);
  return it != codes.end() && it->second == zk::Code::kOk;
}

void FencedStore::write_assignments(const std::map<std::string, zk::TopicAssignment>& assignments) {
  if (!ok() || assignments.empty()) return;
  for (const auto& [topic, code] : take(topics_.set_assignments(fence_, assignments))) {
    LOG_IF(ERROR, code != zk::Code::kOk)
        << "[controller epoch " << fence_.controller_epoch << "] topic " << topic
        << ": its node was not written: " << zk::to_string(code);
  }
}

bool FencedStore::delete_topic(const std::string& topic) {
  return ok() && done(topics_.remove(fence_, topic)) &&
         done(configs_.remove_topic(fence_, topic)) && done(deletions_.unmark(fence_, {topic}));
}

std::vector<std::string> FencedStore::deletions() {
  if (!ok()) return {};
  return take(deletions_.topics());
}

void FencedStore::unmark_deletions(const std::vector<std::string>& topics) {
  if (ok() && !topics.empty()) (void)done(deletions_.unmark(fence_, topics));
}

zk::IsrChanges FencedStore::isr_changes() {
  if (!ok()) return {};
  return take(zk::read_isr_changes(session_));
}

void FencedStore::delete_isr_changes(const std::vector<std::string>& names) {
  if (ok() && !names.empty()) (void)done(zk::delete_isr_changes(session_, fence_, names));
}

zk::LogDirEvents FencedStore::log_dir_events() {
  if (!ok()) return {};
  return take(zk::read_log_dir_events(session_));
}

void FencedStore::delete_log_dir_events(const std::vector<std::string>& names) {
  if (ok() && !names.empty()) (void)done(zk::delete_log_dir_events(session_, fence_, names));
}

std::optional<zk::Response> FencedStore::read_tools_node(std::string_view path) {
  if (!ok()) return std::nullopt;
  const std::string node(path);
  // A missing node's watch is armed by exists alone, so ask that first and then for the data.
  zk::Response seen = session_.call(zk::Exists{node});
  if (seen.code == zk::Code::kNoNode) return std::nullopt;
  zk::Response read = seen.ok() ? session_.call(zk::GetData{node}) : std::move(seen);
  if (read.code == zk::Code::kNoNode) return read_tools_node(path);
  if (read.ok()) return read;
  (void)done(zk::error_of(read.code, "reading", path));
  return std::nullopt;
}

void FencedStore::delete_tools_node(std::string_view path) {
  if (!ok()) return;
  // With whatever somebody made below it.
  const base::Status deleted = zk::delete_recursive(session_, std::string(path), fence_);
  if (deleted.ok()) return;
  if (zk::is_controller_moved(deleted.error()) ||
      session_.state() != zk::SessionState::kConnected) {
    (void)done(deleted);
    return;
  }
  // No failure of the store: what the node asked for is done.
  LOG(ERROR)
      << "[controller epoch " << fence_.controller_epoch << "] " << path
      << " is done with but cannot be deleted; delete it by hand: the next one is served only "
         "then: "
      << deleted.error().message;
}

std::optional<ToolsNode<zk::Reassignment>> FencedStore::reassignment() {
  std::optional<zk::Response> node = read_tools_node(zk::paths::kReassignPartitions);
  if (!node) return std::nullopt;
  ToolsNode<zk::Reassignment> found{.content = {}, .czxid = node->stat.czxid};
  base::Result<zk::Reassignment> wanted = zk::decode_reassignment(node->data.value_or(""));
  if (wanted.ok()) {
    found.content = std::move(*wanted);
  } else {
    LOG(ERROR) << "[controller epoch " << fence_.controller_epoch << "] "
               << zk::paths::kReassignPartitions
               << " cannot be read and is ignored; delete it to go on: " << wanted.error().message;
  }
  return found;
}

void FencedStore::set_reassignment(const zk::Reassignment& rest) {
  if (!ok()) return;
  if (rest.empty()) {
    delete_tools_node(zk::paths::kReassignPartitions);
    return;
  }
  const std::string path(zk::paths::kReassignPartitions);
  auto results = take(
      zk::execute_fenced(session_, fence_, {zk::SetData{path, zk::encode_reassignment(rest)}}));
  for (const zk::FencedResult& result : results) {
    LOG_IF(ERROR, result.code != zk::Code::kOk && result.code != zk::Code::kNoNode)
        << "[controller epoch " << fence_.controller_epoch << "] writing " << path
        << " failed: " << zk::to_string(result.code);
  }
}

std::optional<ToolsNode<std::set<TopicPartition>>> FencedStore::preferred_election() {
  std::optional<zk::Response> node = read_tools_node(zk::paths::kPreferredReplicaElection);
  if (!node) return std::nullopt;
  ToolsNode<std::set<TopicPartition>> found{.content = {}, .czxid = node->stat.czxid};
  auto wanted = zk::decode_preferred_election(node->data.value_or(""));
  if (wanted.ok()) {
    found.content = {wanted->begin(), wanted->end()};
  } else {
    LOG(ERROR) << "[controller epoch " << fence_.controller_epoch << "] "
               << zk::paths::kPreferredReplicaElection
               << " cannot be read: " << wanted.error().message;
  }
  return found;
}

void FencedStore::delete_preferred_election() {
  delete_tools_node(zk::paths::kPreferredReplicaElection);
}

void FencedStore::set_up_features(bool enabled, std::int32_t version) {
  if (!ok()) return;
  (void)take(enabled ? zk::enable_features(session_, version) : zk::disable_features(session_));
}

}  // namespace odradek::controller
