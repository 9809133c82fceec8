#include "protocol/messages/alter_configs.h"
#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/alter_replica_log_dirs.h"
#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/delete_topics.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/describe_log_dirs.h"
#include "protocol/messages/elect_leaders.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_topics(MessageTypes& types) {
  add_api<CreateTopicsRequest>(types);
  add_api<DeleteTopicsRequest>(types);
  add_api<CreatePartitionsRequest>(types);
  add_api<ElectLeadersRequest>(types);
  add_api<AlterPartitionReassignmentsRequest>(types);
  add_api<ListPartitionReassignmentsRequest>(types);
  add_api<DescribeConfigsRequest>(types);
  add_api<AlterConfigsRequest>(types);
  add_api<IncrementalAlterConfigsRequest>(types);
  add_api<AlterReplicaLogDirsRequest>(types);
  add_api<DescribeLogDirsRequest>(types);
}

}  // namespace odradek::protocol::testing
