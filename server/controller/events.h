// Events: everything that makes the controller's thread do something, as values (zookeeper.md
// §2.3).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "protocol/messages/leader_and_isr.h"
#include "server/controller/requests.h"

namespace odradek::controller {

// Of every broker, controller or not.
struct Startup {};
struct ControllerChange {};  // /controller was created or changed
struct Reelect {};           // /controller was deleted
struct RegisterBrokerAndReelect {
  std::function<base::Status()> register_broker;
};
struct Expire {
  std::function<void()> started;  // the session's thread waits for it
};
struct ShutDown {};

// Of the active controller, by watches.
struct BrokerChange {};
struct BrokerModification {
  BrokerId broker = protocol::kNoBroker;
};
struct TopicChange {};
struct PartitionModification {
  std::string topic;
};
struct TopicDeletionChange {};
struct ReassignmentNodeChanged {};
struct ReassignmentIsrChange {
  TopicPartition partition;
};
struct PreferredElectionNodeChanged {};
struct IsrChangeNotified {};
struct LogDirEventNotified {};

// After a failover, until all topics are watched.
struct WatchTopics {};

// By timers.
struct AutoRebalance {};
struct ExpireTokens {};

// By configuration.
struct UncleanElectionEnabled {
  std::optional<std::string> topic;  // none: by the broker's default
};

// By brokers' answers. `controller_epoch` is the one that asked: answers to an earlier one do not
// count.
struct LeaderAndIsrAnswered {
  std::int32_t controller_epoch = 0;
  BrokerId broker = protocol::kNoBroker;
  std::int16_t version = 0;
  protocol::LeaderAndIsrResponse response;
};
struct StopReplicaAnswered {
  std::int32_t controller_epoch = 0;
  BrokerId broker = protocol::kNoBroker;
  std::vector<TopicPartition> deleted;
  std::vector<TopicPartition> failed;
};

// By requests.
template <class Request, class Answer>
struct Asked {
  Request request;
  Reply<Answer> reply;
};
using ControlledShutdownAsked = Asked<ControlledShutdownRequest, ControlledShutdownAnswer>;
using AlterPartitionAsked = Asked<AlterPartitionRequest, AlterPartitionAnswer>;
using ElectLeadersAsked = Asked<ElectLeadersRequest, ElectLeadersAnswer>;
using ReassignmentAsked = Asked<ReassignmentTargets, ReassignmentAnswer>;
using ListReassignmentsAsked = Asked<ListReassignmentsRequest, ListReassignmentsAnswer>;
using ProducerIdsAsked = Asked<ProducerIdsRequest, ProducerIdsAnswer>;
using FeaturesAsked = Asked<FeaturesRequest, FeaturesAnswer>;

using Event = std::variant<
    Startup, ControllerChange, Reelect, RegisterBrokerAndReelect, Expire, ShutDown, BrokerChange,
    BrokerModification, TopicChange, PartitionModification, TopicDeletionChange,
    ReassignmentNodeChanged, ReassignmentIsrChange, PreferredElectionNodeChanged, IsrChangeNotified,
    LogDirEventNotified, WatchTopics, AutoRebalance, ExpireTokens, UncleanElectionEnabled,
    LeaderAndIsrAnswered, StopReplicaAnswered, ControlledShutdownAsked, AlterPartitionAsked,
    ElectLeadersAsked, ReassignmentAsked, ListReassignmentsAsked, ProducerIdsAsked, FeaturesAsked>;

// Answers an event that is not going to be processed: its caller is told NOT_CONTROLLER. Others are
// just dropped.
void refuse(Event& event);

}  // namespace odradek::controller
