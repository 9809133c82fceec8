#include "tools/known_apis.h"

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

namespace odradek::tools {
namespace {

constexpr protocol::Api kServed[] = {protocol::ProduceRequest::kApi,
                                     protocol::FetchRequest::kApi,
                                     protocol::ListOffsetsRequest::kApi,
                                     protocol::MetadataRequest::kApi,
                                     protocol::LeaderAndIsrRequest::kApi,
                                     protocol::StopReplicaRequest::kApi,
                                     protocol::UpdateMetadataRequest::kApi,
                                     protocol::ControlledShutdownRequest::kApi,
                                     protocol::OffsetCommitRequest::kApi,
                                     protocol::OffsetFetchRequest::kApi,
                                     protocol::FindCoordinatorRequest::kApi,
                                     protocol::JoinGroupRequest::kApi,
                                     protocol::HeartbeatRequest::kApi,
                                     protocol::LeaveGroupRequest::kApi,
                                     protocol::SyncGroupRequest::kApi,
                                     protocol::DescribeGroupsRequest::kApi,
                                     protocol::ListGroupsRequest::kApi,
                                     protocol::SaslHandshakeRequest::kApi,
                                     protocol::ApiVersionsRequest::kApi,
                                     protocol::CreateTopicsRequest::kApi,
                                     protocol::DeleteTopicsRequest::kApi,
                                     protocol::DeleteRecordsRequest::kApi,
                                     protocol::InitProducerIdRequest::kApi,
                                     protocol::OffsetForLeaderEpochRequest::kApi,
                                     protocol::AddPartitionsToTxnRequest::kApi,
                                     protocol::AddOffsetsToTxnRequest::kApi,
                                     protocol::EndTxnRequest::kApi,
                                     protocol::WriteTxnMarkersRequest::kApi,
                                     protocol::TxnOffsetCommitRequest::kApi,
                                     protocol::DescribeAclsRequest::kApi,
                                     protocol::CreateAclsRequest::kApi,
                                     protocol::DeleteAclsRequest::kApi,
                                     protocol::DescribeConfigsRequest::kApi,
                                     protocol::AlterConfigsRequest::kApi,
                                     protocol::AlterReplicaLogDirsRequest::kApi,
                                     protocol::DescribeLogDirsRequest::kApi,
                                     protocol::SaslAuthenticateRequest::kApi,
                                     protocol::CreatePartitionsRequest::kApi,
                                     protocol::CreateDelegationTokenRequest::kApi,
                                     protocol::RenewDelegationTokenRequest::kApi,
                                     protocol::ExpireDelegationTokenRequest::kApi,
                                     protocol::DescribeDelegationTokenRequest::kApi,
                                     protocol::DeleteGroupsRequest::kApi,
                                     protocol::ElectLeadersRequest::kApi,
                                     protocol::IncrementalAlterConfigsRequest::kApi,
                                     protocol::AlterPartitionReassignmentsRequest::kApi,
                                     protocol::ListPartitionReassignmentsRequest::kApi,
                                     protocol::OffsetDeleteRequest::kApi,
                                     protocol::DescribeClientQuotasRequest::kApi,
                                     protocol::AlterClientQuotasRequest::kApi,
                                     protocol::DescribeUserScramCredentialsRequest::kApi,
                                     protocol::AlterUserScramCredentialsRequest::kApi,
                                     protocol::AlterPartitionRequest::kApi,
                                     protocol::UpdateFeaturesRequest::kApi,
                                     protocol::EnvelopeRequest::kApi,
                                     protocol::DescribeClusterRequest::kApi,
                                     protocol::DescribeProducersRequest::kApi,
                                     protocol::DescribeTransactionsRequest::kApi,
                                     protocol::ListTransactionsRequest::kApi,
                                     protocol::AllocateProducerIdsRequest::kApi,
                                     protocol::ConsumerGroupHeartbeatRequest::kApi,
                                     protocol::ConsumerGroupDescribeRequest::kApi};

// Of the KRaft controllers and of what a broker offers without ZooKeeper.
constexpr ApiName kElsewhere[] = {{55, "DescribeQuorum"},
                                  {64, "UnregisterBroker"},
                                  {71, "GetTelemetrySubscriptions"},
                                  {72, "PushTelemetry"},
                                  {74, "ListClientMetricsResources"},
                                  {75, "DescribeTopicPartitions"},
                                  {76, "ShareGroupHeartbeat"},
                                  {77, "ShareGroupDescribe"},
                                  {78, "ShareFetch"},
                                  {79, "ShareAcknowledge"},
                                  {80, "AddRaftVoter"},
                                  {81, "RemoveRaftVoter"},
                                  {83, "InitializeShareGroupState"},
                                  {84, "ReadShareGroupState"},
                                  {85, "WriteShareGroupState"},
                                  {86, "DeleteShareGroupState"},
                                  {87, "ReadShareGroupStateSummary"}};

}  // namespace

std::span<const protocol::Api> known_apis() { return kServed; }

std::span<const ApiName> apis_of_kraft() { return kElsewhere; }

}  // namespace odradek::tools
