// What the rest of the broker asks the controller, as values, and what it is answered.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "protocol/errors.h"
#include "server/controller/leadership.h"

namespace odradek::controller {

using protocol::ErrorCode;

// Called exactly once, on the controller's thread (or the submitter's when the controller is
// stopped): it must not block.
template <class Answer>
using Reply = std::function<void(Answer)>;

// ControlledShutdown (api 7).
struct ControlledShutdownRequest {
  BrokerId broker_id = protocol::kNoBroker;
  std::int64_t broker_epoch = kUnknownBrokerEpoch;
};
// The partitions that the broker still leads; none left means that it may stop. Errors:
// NOT_CONTROLLER, STALE_BROKER_EPOCH, BROKER_NOT_AVAILABLE.
using ControlledShutdownAnswer = base::Result<std::vector<TopicPartition>>;

// One partition of AlterPartition (api 56). From version 2 on the topic comes as its id and `topic`
// is empty.
struct IsrChange {
  std::string topic;
  base::Uuid topic_id;
  std::int32_t partition = 0;
  LeaderEpoch leader_epoch = 0;
  Replicas new_isr;
  std::vector<std::int64_t> new_isr_epochs;  // broker epochs beside new_isr (version 3), or empty
  bool recovering = false;
  std::int32_t partition_epoch = 0;
};
struct AlterPartitionRequest {
  std::int16_t version = 0;
  BrokerId broker_id = protocol::kNoBroker;
  std::int64_t broker_epoch = kUnknownBrokerEpoch;
  std::vector<IsrChange> partitions;
};
struct IsrAnswer {
  std::string topic;
  base::Uuid topic_id;
  std::int32_t partition = 0;
  ErrorCode error = ErrorCode::kNone;
  Leadership leadership;  // meaningful without error
};
struct AlterPartitionAnswer {
  ErrorCode error =
      ErrorCode::kNone;  // NOT_CONTROLLER or STALE_BROKER_EPOCH; then `partitions` is empty
  std::vector<IsrAnswer> partitions;  // in the order of the request
};

// ElectLeaders (api 43), also the preferred election of the scheduler and of the znode.
enum class ElectionType : std::int8_t { kPreferred = 0, kUnclean = 1 };
enum class ElectionTrigger : std::int8_t { kAdminClient, kZooKeeper, kAuto };
struct ElectLeadersRequest {
  ElectionType type = ElectionType::kPreferred;
  std::set<TopicPartition> partitions;
};
struct ElectionResult {
  ErrorCode error = ErrorCode::kNone;
  std::string message;
  BrokerId leader =
      protocol::kNoBroker;  // elected now; the answer waits for the metadata cache to show it
};
struct ElectLeadersAnswer {
  ErrorCode error = ErrorCode::kNone;
  std::map<TopicPartition, ElectionResult> partitions;
};

// AlterPartitionReassignments (api 45): the target replicas, or none to cancel.
using ReassignmentTargets = std::map<TopicPartition, std::optional<Replicas>>;
struct ReassignmentAnswer {
  ErrorCode error = ErrorCode::kNone;
  std::map<TopicPartition, base::Error> partitions;  // code 0 when started
};

// ListPartitionReassignments (api 46).
struct OngoingReassignment {
  Replicas replicas, adding, removing;
};
struct ListReassignmentsRequest {
  std::optional<std::set<TopicPartition>> partitions;  // none: all
};
struct ListReassignmentsAnswer {
  ErrorCode error = ErrorCode::kNone;
  std::map<TopicPartition, OngoingReassignment> partitions;
};

// AllocateProducerIds (api 67). Errors: NOT_CONTROLLER, BROKER_ID_NOT_REGISTERED,
// STALE_BROKER_EPOCH.
struct ProducerIdsRequest {
  BrokerId broker_id = protocol::kNoBroker;
  std::int64_t broker_epoch = kUnknownBrokerEpoch;
};
struct ProducerIdBlock {
  std::int64_t first = 0;
  std::int32_t length = 0;
};
using ProducerIdsAnswer = base::Result<ProducerIdBlock>;

// UpdateFeatures (api 57).
struct FeatureChange {
  enum class Direction : std::int8_t { kUnknown, kUpgrade, kSafeDowngrade, kUnsafeDowngrade };

  std::string feature;
  std::int16_t level = 0;  // below 1: delete, unless the direction is up
  Direction direction = Direction::kUpgrade;
};
struct FeaturesRequest {
  std::vector<FeatureChange> changes;
  bool validate_only = false;
};
// By feature; code 0: done. The error of the whole: NOT_CONTROLLER, INVALID_REQUEST.
using FeaturesAnswer = base::Result<std::map<std::string, base::Error>>;

}  // namespace odradek::controller
