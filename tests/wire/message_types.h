// MessageType: every message that we describe, with its type erased, for tests that walk over all
// of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"
#include "protocol/messages/add_offsets_to_txn.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/allocate_producer_ids.h"
#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/alter_partition.h"
#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/alter_replica_log_dirs.h"
#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/consumer_group_describe.h"
#include "protocol/messages/consumer_group_heartbeat.h"
#include "protocol/messages/consumer_protocol.h"
#include "protocol/messages/controlled_shutdown.h"
#include "protocol/messages/create_acls.h"
#include "protocol/messages/create_delegation_token.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_acls.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_acls.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_delegation_token.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_transactions.h"
#include "protocol/messages/describe_user_scram_credentials.h"
#include "protocol/messages/elect_leaders.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/envelope.h"
#include "protocol/messages/expire_delegation_token.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/header.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/join_group.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/list_groups.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "protocol/messages/list_transactions.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "protocol/messages/renew_delegation_token.h"
#include "protocol/messages/sasl_authenticate.h"
#include "protocol/messages/sasl_handshake.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/sync_group.h"
#include "protocol/messages/txn_offset_commit.h"
#include "protocol/messages/update_features.h"
#include "protocol/messages/update_metadata.h"
#include "protocol/messages/write_txn_markers.h"
#include "tests/wire/description_checker.h"

namespace odradek::protocol::testing {

// What came out of decoding bytes once and encoding the result again.
struct RoundTrip {
  std::string json;
  base::Bytes encoded;
  std::size_t used = 0;  // bytes that the decoder took
};

struct MessageType {
  std::string name;  // as upstream's class: "ProduceRequestData"
  Api api;
  base::Result<RoundTrip> (*round_trip)(std::span<std::uint8_t> bytes, std::int16_t version);
  // Only decodes; whether it was accepted.
  bool (*accepts)(std::span<std::uint8_t> bytes, std::int16_t version);
  base::Bytes (*invent)(base::Random& random, std::int16_t version);
  std::vector<std::string> (*faults_of_description)();
};

template <class M>
base::Result<RoundTrip> round_trip(std::span<std::uint8_t> bytes, std::int16_t version) {
  RoundTrip trip;
  base::Result<M> message = Codec<M>::decode(bytes, version, &trip.used);
  if (!message) return message.error();
  trip.json = Codec<M>::json(*message, version);
  trip.encoded = Codec<M>::encode(*message, version).flatten();
  return trip;
}

template <class M>
bool accepts(std::span<std::uint8_t> bytes, std::int16_t version) {
  return Codec<M>::decode(bytes, version).ok();
}

template <class M>
base::Bytes invent(base::Random& random, std::int16_t version) {
  return Codec<M>::encode(Codec<M>::random(random, version), version).flatten();
}

template <class M>
std::vector<std::string> faults_of_description() {
  DescriptionChecker checker(M::kApi);
  checker.structure<M>();
  return checker.faults();
}

template <class M>
void add(std::vector<MessageType>& types, std::string name) {
  types.push_back(
      {std::move(name), M::kApi, round_trip<M>, accepts<M>, invent<M>, faults_of_description<M>});
}

template <class Request>
void add_api(std::vector<MessageType>& types) {
  std::string name(Request::kApi.name);
  add<Request>(types, name + "RequestData");
  add<typename Request::Response>(types, name + "ResponseData");
}

inline std::vector<MessageType> every_message_type() {
  std::vector<MessageType> types;
  add_api<ProduceRequest>(types);
  add_api<FetchRequest>(types);
  add_api<ListOffsetsRequest>(types);
  add_api<MetadataRequest>(types);
  add_api<LeaderAndIsrRequest>(types);
  add_api<StopReplicaRequest>(types);
  add_api<UpdateMetadataRequest>(types);
  add_api<ControlledShutdownRequest>(types);
  add_api<OffsetCommitRequest>(types);
  add_api<OffsetFetchRequest>(types);
  add_api<FindCoordinatorRequest>(types);
  add_api<JoinGroupRequest>(types);
  add_api<HeartbeatRequest>(types);
  add_api<LeaveGroupRequest>(types);
  add_api<SyncGroupRequest>(types);
  add_api<DescribeGroupsRequest>(types);
  add_api<ListGroupsRequest>(types);
  add_api<SaslHandshakeRequest>(types);
  add_api<ApiVersionsRequest>(types);
  add_api<CreateTopicsRequest>(types);
  add_api<DeleteTopicsRequest>(types);
  add_api<DeleteRecordsRequest>(types);
  add_api<InitProducerIdRequest>(types);
  add_api<OffsetForLeaderEpochRequest>(types);
  add_api<AddPartitionsToTxnRequest>(types);
  add_api<AddOffsetsToTxnRequest>(types);
  add_api<EndTxnRequest>(types);
  add_api<WriteTxnMarkersRequest>(types);
  add_api<TxnOffsetCommitRequest>(types);
  add_api<DescribeAclsRequest>(types);
  add_api<CreateAclsRequest>(types);
  add_api<DeleteAclsRequest>(types);
  add_api<DescribeConfigsRequest>(types);
  add_api<AlterConfigsRequest>(types);
  add_api<AlterReplicaLogDirsRequest>(types);
  add_api<DescribeLogDirsRequest>(types);
  add_api<SaslAuthenticateRequest>(types);
  add_api<CreatePartitionsRequest>(types);
  add_api<CreateDelegationTokenRequest>(types);
  add_api<RenewDelegationTokenRequest>(types);
  add_api<ExpireDelegationTokenRequest>(types);
  add_api<DescribeDelegationTokenRequest>(types);
  add_api<DeleteGroupsRequest>(types);
  add_api<ElectLeadersRequest>(types);
  add_api<IncrementalAlterConfigsRequest>(types);
  add_api<AlterPartitionReassignmentsRequest>(types);
  add_api<ListPartitionReassignmentsRequest>(types);
  add_api<OffsetDeleteRequest>(types);
  add_api<DescribeClientQuotasRequest>(types);
  add_api<AlterClientQuotasRequest>(types);
  add_api<DescribeUserScramCredentialsRequest>(types);
  add_api<AlterUserScramCredentialsRequest>(types);
  add_api<AlterPartitionRequest>(types);
  add_api<UpdateFeaturesRequest>(types);
  add_api<EnvelopeRequest>(types);
  add_api<DescribeClusterRequest>(types);
  add_api<DescribeProducersRequest>(types);
  add_api<DescribeTransactionsRequest>(types);
  add_api<ListTransactionsRequest>(types);
  add_api<AllocateProducerIdsRequest>(types);
  add_api<ConsumerGroupHeartbeatRequest>(types);
  add_api<ConsumerGroupDescribeRequest>(types);
  add<RequestHeader>(types, "RequestHeaderData");
  add<ResponseHeader>(types, "ResponseHeaderData");
  add<ConsumerProtocolSubscription>(types, "ConsumerProtocolSubscription");
  add<ConsumerProtocolAssignment>(types, "ConsumerProtocolAssignment");
  add<DefaultPrincipalData>(types, "DefaultPrincipalData");
  add<OffsetCommitKey>(types, "OffsetCommitKey");
  add<OffsetCommitValue>(types, "OffsetCommitValue");
  add<GroupMetadataKey>(types, "GroupMetadataKey");
  add<GroupMetadataValue>(types, "GroupMetadataValue");
  add<TransactionLogKey>(types, "TransactionLogKey");
  add<TransactionLogValue>(types, "TransactionLogValue");
  return types;
}

}  // namespace odradek::protocol::testing
