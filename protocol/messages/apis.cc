#include "protocol/messages/apis.h"

#include <algorithm>
#include <iterator>

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

namespace odradek::protocol {
namespace {

constexpr Api kApis[] = {
    ProduceRequest::kApi,
    FetchRequest::kApi,
    ListOffsetsRequest::kApi,
    MetadataRequest::kApi,
    LeaderAndIsrRequest::kApi,
    StopReplicaRequest::kApi,
    UpdateMetadataRequest::kApi,
    ControlledShutdownRequest::kApi,
    OffsetCommitRequest::kApi,
    OffsetFetchRequest::kApi,
    FindCoordinatorRequest::kApi,
    JoinGroupRequest::kApi,
    HeartbeatRequest::kApi,
    LeaveGroupRequest::kApi,
    SyncGroupRequest::kApi,
    DescribeGroupsRequest::kApi,
    ListGroupsRequest::kApi,
    SaslHandshakeRequest::kApi,
    ApiVersionsRequest::kApi,
    CreateTopicsRequest::kApi,
    DeleteTopicsRequest::kApi,
    DeleteRecordsRequest::kApi,
    InitProducerIdRequest::kApi,
    OffsetForLeaderEpochRequest::kApi,
    AddPartitionsToTxnRequest::kApi,
    AddOffsetsToTxnRequest::kApi,
    EndTxnRequest::kApi,
    WriteTxnMarkersRequest::kApi,
    TxnOffsetCommitRequest::kApi,
    DescribeAclsRequest::kApi,
    CreateAclsRequest::kApi,
    DeleteAclsRequest::kApi,
    DescribeConfigsRequest::kApi,
    AlterConfigsRequest::kApi,
    AlterReplicaLogDirsRequest::kApi,
    DescribeLogDirsRequest::kApi,
    SaslAuthenticateRequest::kApi,
    CreatePartitionsRequest::kApi,
    CreateDelegationTokenRequest::kApi,
    RenewDelegationTokenRequest::kApi,
    ExpireDelegationTokenRequest::kApi,
    DescribeDelegationTokenRequest::kApi,
    DeleteGroupsRequest::kApi,
    ElectLeadersRequest::kApi,
    IncrementalAlterConfigsRequest::kApi,
    AlterPartitionReassignmentsRequest::kApi,
    ListPartitionReassignmentsRequest::kApi,
    OffsetDeleteRequest::kApi,
    DescribeClientQuotasRequest::kApi,
    AlterClientQuotasRequest::kApi,
    DescribeUserScramCredentialsRequest::kApi,
    AlterUserScramCredentialsRequest::kApi,
    AlterPartitionRequest::kApi,
    UpdateFeaturesRequest::kApi,
    EnvelopeRequest::kApi,
    DescribeClusterRequest::kApi,
    DescribeProducersRequest::kApi,
    DescribeTransactionsRequest::kApi,
    ListTransactionsRequest::kApi,
    AllocateProducerIdsRequest::kApi,
    ConsumerGroupHeartbeatRequest::kApi,
    ConsumerGroupDescribeRequest::kApi,
};

}  // namespace

std::span<const Api> all_apis() { return kApis; }

const Api* find_api(std::int16_t key) {
  const Api* at = std::ranges::lower_bound(kApis, static_cast<ApiKey>(key), {}, &Api::key);
  if (at == std::end(kApis) || at->key != static_cast<ApiKey>(key)) return nullptr;
  return at;
}

}  // namespace odradek::protocol
