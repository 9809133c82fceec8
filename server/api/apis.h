// The handlers, one per API; each takes its message's type and versions from its own signature.
#pragma once

#include "protocol/messages/allocate_producer_ids.h"
#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/alter_configs.h"
#include "protocol/messages/alter_partition.h"
#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/alter_replica_log_dirs.h"
#include "protocol/messages/alter_user_scram_credentials.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/controlled_shutdown.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/describe_user_scram_credentials.h"
#include "protocol/messages/elect_leaders.h"
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
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/sync_group.h"
#include "protocol/messages/update_features.h"
#include "protocol/messages/update_metadata.h"
#include "server/api/request_context.h"
#include "server/api/services.h"

namespace odradek::api {

using protocol::ErrorCode;

void produce(Services& services, RequestContext context, protocol::ProduceRequest request);
void fetch(Services& services, RequestContext context, protocol::FetchRequest request);
void list_offsets(Services& services, RequestContext context, protocol::ListOffsetsRequest request);
void metadata(Services& services, RequestContext context, protocol::MetadataRequest request);
void leader_and_isr(Services& services, RequestContext context,
                    protocol::LeaderAndIsrRequest request);
void stop_replica(Services& services, RequestContext context, protocol::StopReplicaRequest request);
void update_metadata(Services& services, RequestContext context,
                     protocol::UpdateMetadataRequest request);
void controlled_shutdown(Services& services, RequestContext context,
                         protocol::ControlledShutdownRequest request);
void offset_commit(Services& services, RequestContext context,
                   protocol::OffsetCommitRequest request);
void offset_fetch(Services& services, RequestContext context, protocol::OffsetFetchRequest request);
void find_coordinator(Services& services, RequestContext context,
                      protocol::FindCoordinatorRequest request);
void join_group(Services& services, RequestContext context, protocol::JoinGroupRequest request);
void heartbeat(Services& services, RequestContext context, protocol::HeartbeatRequest request);
void leave_group(Services& services, RequestContext context, protocol::LeaveGroupRequest request);
void sync_group(Services& services, RequestContext context, protocol::SyncGroupRequest request);
void describe_groups(Services& services, RequestContext context,
                     protocol::DescribeGroupsRequest request);
void list_groups(Services& services, RequestContext context, protocol::ListGroupsRequest request);
void api_versions(Services& services, RequestContext context, protocol::ApiVersionsRequest request);
void create_topics(Services& services, RequestContext context,
                   protocol::CreateTopicsRequest request);
void delete_topics(Services& services, RequestContext context,
                   protocol::DeleteTopicsRequest request);
void delete_records(Services& services, RequestContext context,
                    protocol::DeleteRecordsRequest request);
void init_producer_id(Services& services, RequestContext context,
                      protocol::InitProducerIdRequest request);
void offset_for_leader_epoch(Services& services, RequestContext context,
                             protocol::OffsetForLeaderEpochRequest request);
void describe_configs(Services& services, RequestContext context,
                      protocol::DescribeConfigsRequest request);
void create_partitions(Services& services, RequestContext context,
                       protocol::CreatePartitionsRequest request);
void elect_leaders(Services& services, RequestContext context,
                   protocol::ElectLeadersRequest request);
void incremental_alter_configs(Services& services, RequestContext context,
                               protocol::IncrementalAlterConfigsRequest request);
void alter_partition_reassignments(Services& services, RequestContext context,
                                   protocol::AlterPartitionReassignmentsRequest request);
void list_partition_reassignments(Services& services, RequestContext context,
                                  protocol::ListPartitionReassignmentsRequest request);
void alter_partition(Services& services, RequestContext context,
                     protocol::AlterPartitionRequest request);
void update_features(Services& services, RequestContext context,
                     protocol::UpdateFeaturesRequest request);
void allocate_producer_ids(Services& services, RequestContext context,
                           protocol::AllocateProducerIdsRequest request);
void alter_replica_log_dirs(Services& services, RequestContext context,
                            protocol::AlterReplicaLogDirsRequest request);
void describe_log_dirs(Services& services, RequestContext context,
                       protocol::DescribeLogDirsRequest request);
void delete_groups(Services& services, RequestContext context,
                   protocol::DeleteGroupsRequest request);
void offset_delete(Services& services, RequestContext context,
                   protocol::OffsetDeleteRequest request);
void describe_cluster(Services& services, RequestContext context,
                      protocol::DescribeClusterRequest request);
void alter_configs(Services& services, RequestContext context,
                   protocol::AlterConfigsRequest request);
void describe_client_quotas(Services& services, RequestContext context,
                            protocol::DescribeClientQuotasRequest request);
void alter_client_quotas(Services& services, RequestContext context,
                         protocol::AlterClientQuotasRequest request);
void describe_user_scram_credentials(Services& services, RequestContext context,
                                     protocol::DescribeUserScramCredentialsRequest request);
void alter_user_scram_credentials(Services& services, RequestContext context,
                                  protocol::AlterUserScramCredentialsRequest request);

}  // namespace odradek::api
