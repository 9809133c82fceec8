// TopicAdmin: creates and deletes topics by writing ZooKeeper; the controller of whatever release
// does the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/random.h"
#include "base/uuid.h"
#include "server/admin/delayed_topics.h"
#include "server/admin/replica_assignment.h"
#include "server/config/dynamic_config.h"
#include "server/config/topic_config.h"
#include "server/metadata/metadata_cache.h"
#include "server/purgatory/purgatory.h"
#include "zk/store/configs.h"
#include "zk/store/deletions.h"
#include "zk/store/topics.h"

namespace odradek::admin {

struct NewTopic {
  std::string name;
  std::int32_t partitions = -1;          // -1: num.partitions
  std::int32_t replication_factor = -1;  // -1: default.replication.factor
  Assignment assignment;                 // given by hand; then the two above must be -1
  std::map<std::string, std::string> configs;
};

struct MorePartitions {
  std::string topic;
  std::int32_t count = 0;  // in all
  // Replicas of each new one, or none.
  ByHand assignment;
};

struct CreatedTopic {
  base::Uuid topic_id;
  std::int32_t partitions = 0;
  std::int32_t replication_factor = 0;
  config::TopicConfig config;
};

// Safe from any thread; everything but the waits blocks on ZooKeeper.
class TopicAdmin {
 public:
  using Purgatory = purgatory::Purgatory<std::string>;  // by topic name
  // The topics that were not settled in time.
  using WaitCallback = std::function<void(std::vector<std::string>)>;

  TopicAdmin(zk::Topics& topics, zk::Deletions& deletions, const config::DynamicConfig& config,
             const metadata::MetadataCache& metadata, Purgatory& purgatory, base::Random random);

  // Checks and, unless `validate_only`, writes the topic. Errors as CreateTopics gives them.
  base::Result<CreatedTopic> create(const NewTopic& topic, bool validate_only) EXCLUDES(mutex_);
  // A topic that a client named without creating it; an internal one with its own settings. An
  // existing one is fine.
  base::Status auto_create(const std::string& topic) EXCLUDES(mutex_);
  base::Status remove(const std::string& topic);

  // As CreatePartitions gives errors: REASSIGNMENT_IN_PROGRESS, INVALID_PARTITIONS, …
  base::Status add_partitions(const MorePartitions& wanted, bool validate_only);

  // Answers when this broker's metadata shows what is waited for of all topics, or after the
  // timeout.
  void wait_until(IsSettled is_settled, std::vector<std::string> topics, std::int64_t timeout_ms,
                  WaitCallback callback);
  // Topics with leaders for at least that many partitions.
  void wait_until_led(const std::map<std::string, std::int32_t>& partitions,
                      std::int64_t timeout_ms, WaitCallback callback);
  void wait_until_gone(std::vector<std::string> topics, std::int64_t timeout_ms,
                       WaitCallback callback);
  // The metadata of a topic changed: waits may be over.
  void check(const std::string& topic) { purgatory_.check_and_complete(topic); }

 private:
  base::Result<Assignment> assignment_of(const NewTopic& topic) EXCLUDES(mutex_);
  base::Status check_name_is_free(const std::string& topic);
  base::Result<Assignment> assignment_of_more(const MorePartitions& wanted,
                                              const zk::TopicAssignment& existing) const;
  NewTopic internal_topic(const std::string& name) const;

  zk::Topics& topics_;
  zk::Deletions& deletions_;
  const config::DynamicConfig& config_;
  const metadata::MetadataCache& metadata_;
  Purgatory& purgatory_;
  base::Mutex mutex_;
  base::Random random_ GUARDED_BY(mutex_);
};

}  // namespace odradek::admin
