#include "server/admin/topics.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/errors.h"
#include "server/admin/topic_names.h"

namespace odradek::admin {
namespace {

using protocol::ErrorCode;

std::vector<AssignableBroker> live_brokers(const metadata::MetadataImage& image) {
  std::vector<AssignableBroker> brokers;
  for (const auto& [id, broker] : image.brokers) brokers.push_back({id, broker.rack});
  return brokers;
}

// "Compact" rather than "delete", and the sizes that upstream gives to the brokers' own topics.
std::map<std::string, std::string> internal_configs(std::int32_t segment_bytes) {
  return {{"cleanup.policy", "compact"},
          {"compression.type", "producer"},
          {"segment.bytes", std::to_string(segment_bytes)}};
}

bool is_led(const metadata::TopicInfo* topic, std::int32_t partitions) {
  return topic != nullptr && topic->partitions.size() >= static_cast<std::size_t>(partitions) &&
         std::all_of(topic->partitions.begin(), topic->partitions.end(),
                     [](const auto& entry) { return entry.second.leader >= 0; });
}

}  // namespace

TopicAdmin::TopicAdmin(zk::Topics& topics, zk::Deletions& deletions,
                       const config::DynamicConfig& config, const metadata::MetadataCache& metadata,
                       Purgatory& purgatory, base::Random random)
    : topics_(topics),
      deletions_(deletions),
      config_(config),
      metadata_(metadata),
      purgatory_(purgatory),
      random_(random) {}

base::Status TopicAdmin::check_name_is_free(const std::string& topic) {
  base::Status legal = check_topic_name(topic);
  if (!legal) return legal;
  if (metadata_.image()->topic(topic) != nullptr) {
    return base::Error(ErrorCode::kTopicAlreadyExists, "Topic '" + topic + "' already exists.");
  }
  auto names = topics_.names(false);
  if (!names) return names.error();
  if (std::find(names->begin(), names->end(), topic) != names->end()) {
    auto deleting = deletions_.topics(false);
    bool is_marked =
        deleting && std::find(deleting->begin(), deleting->end(), topic) != deleting->end();
    return base::Error(ErrorCode::kTopicAlreadyExists,
                       is_marked ? "Topic '" + topic + "' is marked for deletion."
                                 : "Topic '" + topic + "' already exists.");
  }
  std::string collision = colliding_topic(topic, *names);
  if (!collision.empty()) {
    return base::Error(ErrorCode::kInvalidTopicException,
                       "Topic '" + topic + "' collides with existing topics: " + collision);
  }
  return {};
}

base::Result<Assignment> TopicAdmin::assignment_of(const NewTopic& topic) {
  if (!topic.assignment.empty()) {
    if (topic.partitions != -1 || topic.replication_factor != -1) {
      return base::Error(ErrorCode::kInvalidRequest,
                         "Both numPartitions or replicationFactor and replicasAssignments were "
                         "set. Both cannot be used at the same time.");
    }
    base::Status checked = check_assignment(topic.assignment);
    if (!checked) return checked.error();
    return topic.assignment;
  }
  auto config = config_.current();
  std::int32_t partitions = topic.partitions == -1 ? config->num_partitions : topic.partitions;
  std::int32_t replication_factor = topic.replication_factor == -1
                                        ? config->default_replication_factor
                                        : topic.replication_factor;
  base::MutexLock lock(mutex_);
  return assign_replicas(live_brokers(*metadata_.image()), partitions, replication_factor, random_);
}

base::Result<CreatedTopic> TopicAdmin::create(const NewTopic& topic, bool validate_only) {
  base::Status is_free = check_name_is_free(topic.name);
  if (!is_free) return is_free.error();
  auto assignment = assignment_of(topic);
  if (!assignment) return assignment.error();
  config::Properties overrides(topic.configs.begin(), topic.configs.end());
  auto broker_config = config_.current();
  base::Status valid = config::check_topic_config(*broker_config, overrides);
  if (!valid) return valid.error();
  auto topic_config = config::TopicConfig::build(*broker_config, overrides);
  if (!topic_config) return topic_config.error();

  CreatedTopic created{
      .topic_id = {},
      .partitions = static_cast<std::int32_t>(assignment->size()),
      .replication_factor = static_cast<std::int32_t>(assignment->begin()->second.size()),
      .config = std::move(*topic_config)};
  if (validate_only) return created;
  zk::TopicAssignment payload;
  created.topic_id = base::Uuid::random(true);
  payload.topic_id = created.topic_id;
  for (auto& [partition, replicas] : *assignment)
    payload.partitions[partition] = {replicas, {}, {}};
  base::Status written = topics_.create(topic.name, payload, topic.configs);
  if (!written) return written.error();
  LOG(INFO) << "topic " << topic.name << ": created with " << created.partitions
            << " partitions of " << created.replication_factor << " replicas";
  return created;
}

NewTopic TopicAdmin::internal_topic(const std::string& name) const {
  NewTopic topic{.name = name};
  auto config = config_.current();
  if (name == kConsumerOffsetsTopic) {
    topic.partitions = config->offsets_topic_num_partitions;
    topic.replication_factor = config->offsets_topic_replication_factor;
    topic.configs = internal_configs(config->offsets_topic_segment_bytes);
  } else if (name == kTransactionStateTopic) {
    topic.partitions = config->transaction_state_log_num_partitions;
    topic.replication_factor = config->transaction_state_log_replication_factor;
    topic.configs = internal_configs(config->transaction_state_log_segment_bytes);
    topic.configs["compression.type"] = "uncompressed";
    topic.configs["min.insync.replicas"] = std::to_string(config->transaction_state_log_min_isr);
    topic.configs["unclean.leader.election.enable"] = "false";
  }
  return topic;
}

base::Status TopicAdmin::auto_create(const std::string& topic) {
  auto created = create(internal_topic(topic), false);
  if (created || protocol::code_of(created.error()) == ErrorCode::kTopicAlreadyExists) return {};
  LOG(WARNING) << "topic " << topic << ": cannot be created on demand: " << created.error().message;
  return created.error();
}

base::Status TopicAdmin::remove(const std::string& topic) {
  base::Status marked = deletions_.mark(topic);
  if (marked) LOG(INFO) << "topic " << topic << ": marked for deletion";
  return marked;
}

base::Result<Assignment> TopicAdmin::assignment_of_more(const MorePartitions& wanted,
                                                        const zk::TopicAssignment& existing) const {
  const auto before = static_cast<std::int32_t>(existing.partitions.size());
  const std::int32_t added = wanted.count - before;
  if (added < 0) {
    return base::Error(ErrorCode::kInvalidPartitions,
                       "Topic currently has " + std::to_string(before) +
                           " partitions, which is higher than the requested " +
                           std::to_string(wanted.count) + ".");
  }
  if (added == 0) {
    return base::Error(ErrorCode::kInvalidPartitions,
                       "Topic already has " + std::to_string(before) + " partitions.");
  }
  const auto first = existing.partitions.find(0);
  if (first == existing.partitions.end() || first->second.replicas.empty()) {
    return base::Error("topic '" + wanted.topic + "' has no partition 0 to follow");
  }
  return assign_more(before, added, first->second.replicas, wanted.assignment,
                     live_brokers(*metadata_.image()));
}

base::Status TopicAdmin::add_partitions(const MorePartitions& wanted, bool validate_only) {
  auto deleting = deletions_.topics(false);
  if (!deleting) return deleting.error();
  if (std::find(deleting->begin(), deleting->end(), wanted.topic) != deleting->end()) {
    return base::Error(ErrorCode::kInvalidTopicException, "The topic is queued for deletion.");
  }
  auto read = topics_.read({wanted.topic});
  if (!read) return read.error();
  auto found = read->find(wanted.topic);
  if (found == read->end() || found->second.partitions.empty()) {
    return base::Error(ErrorCode::kUnknownTopicOrPartition,
                       "The topic '" + wanted.topic + "' does not exist.");
  }
  zk::TopicAssignment& topic = found->second;
  bool is_moving =
      std::any_of(topic.partitions.begin(), topic.partitions.end(),
                  [](const auto& entry) { return entry.second.is_being_reassigned(); });
  if (is_moving) {
    return base::Error(
        ErrorCode::kReassignmentInProgress,
        "A partition reassignment is in progress for the topic '" + wanted.topic + "'.");
  }
  auto more = assignment_of_more(wanted, topic);
  if (!more) return more.error();
  if (validate_only) return {};
  for (auto& [partition, replicas] : *more) {
    topic.partitions[partition] = {.replicas = std::move(replicas)};
  }
  base::Status written = topics_.set_assignment(wanted.topic, topic);
  if (written) {
    LOG(INFO) << "topic " << wanted.topic << ": " << more->size() << " partitions added, "
              << wanted.count << " in all";
  }
  return written;
}

void TopicAdmin::wait_until(IsSettled is_settled, std::vector<std::string> topics,
                            std::int64_t timeout_ms, WaitCallback callback) {
  auto delayed = std::make_shared<DelayedTopics>(timeout_ms, topics, metadata_,
                                                 std::move(is_settled), std::move(callback));
  purgatory_.try_complete_else_watch(delayed, std::move(topics));
}

void TopicAdmin::wait_until_led(const std::map<std::string, std::int32_t>& partitions,
                                std::int64_t timeout_ms, WaitCallback callback) {
  std::vector<std::string> topics;
  for (const auto& [topic, count] : partitions) topics.push_back(topic);
  wait_until(
      [partitions](const metadata::MetadataImage& image, const std::string& topic) {
        return is_led(image.topic(topic), partitions.at(topic));
      },
      std::move(topics), timeout_ms, std::move(callback));
}

void TopicAdmin::wait_until_gone(std::vector<std::string> topics, std::int64_t timeout_ms,
                                 WaitCallback callback) {
  wait_until([](const metadata::MetadataImage& image,
                const std::string& topic) { return image.topic(topic) == nullptr; },
             std::move(topics), timeout_ms, std::move(callback));
}

}  // namespace odradek::admin
