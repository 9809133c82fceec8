// ApiKey and Api: which request this is, and the versions of it that we speak (wire-api.md §1).
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace odradek::protocol {

// Every API that a ZooKeeper-mode broker of 3.9 advertises; the missing numbers are KRaft's.
enum class ApiKey : std::int16_t {
  kNone = -1,  // a value that is stored and never asked for
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kMetadata = 3,
  kLeaderAndIsr = 4,
  kStopReplica = 5,
  kUpdateMetadata = 6,
  kControlledShutdown = 7,
  kOffsetCommit = 8,
  kOffsetFetch = 9,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kLeaveGroup = 13,
  kSyncGroup = 14,
  kDescribeGroups = 15,
  kListGroups = 16,
  kSaslHandshake = 17,
  kApiVersions = 18,
  kCreateTopics = 19,
  kDeleteTopics = 20,
  kDeleteRecords = 21,
  kInitProducerId = 22,
  kOffsetForLeaderEpoch = 23,
  kAddPartitionsToTxn = 24,
  kAddOffsetsToTxn = 25,
  kEndTxn = 26,
  kWriteTxnMarkers = 27,
  kTxnOffsetCommit = 28,
  kDescribeAcls = 29,
  kCreateAcls = 30,
  kDeleteAcls = 31,
  kDescribeConfigs = 32,
  kAlterConfigs = 33,
  kAlterReplicaLogDirs = 34,
  kDescribeLogDirs = 35,
  kSaslAuthenticate = 36,
  kCreatePartitions = 37,
  kCreateDelegationToken = 38,
  kRenewDelegationToken = 39,
  kExpireDelegationToken = 40,
  kDescribeDelegationToken = 41,
  kDeleteGroups = 42,
  kElectLeaders = 43,
  kIncrementalAlterConfigs = 44,
  kAlterPartitionReassignments = 45,
  kListPartitionReassignments = 46,
  kOffsetDelete = 47,
  kDescribeClientQuotas = 48,
  kAlterClientQuotas = 49,
  kDescribeUserScramCredentials = 50,
  kAlterUserScramCredentials = 51,
  kAlterPartition = 56,
  kUpdateFeatures = 57,
  kEnvelope = 58,
  kDescribeCluster = 60,
  kDescribeProducers = 61,
  kDescribeTransactions = 65,
  kListTransactions = 66,
  kAllocateProducerIds = 67,
  kConsumerGroupHeartbeat = 68,
  kConsumerGroupDescribe = 69,
};

struct Api {
  ApiKey key = ApiKey::kNone;
  std::string_view name;  // as upstream names it: "ListOffsets"
  std::int16_t min = 0;
  std::int16_t max = 0;
  std::int16_t flexible = -1;  // first version with compact lengths and tagged fields; -1: none

  constexpr bool knows(std::int16_t version) const { return version >= min && version <= max; }
  constexpr bool is_flexible(std::int16_t version) const {
    return flexible >= 0 && version >= flexible;
  }
};

}  // namespace odradek::protocol
