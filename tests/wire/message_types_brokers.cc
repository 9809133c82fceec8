#include "protocol/messages/alter_partition.h"
#include "protocol/messages/controlled_shutdown.h"
#include "protocol/messages/describe_cluster.h"
#include "protocol/messages/envelope.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_features.h"
#include "protocol/messages/update_metadata.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_brokers(MessageTypes& types) {
  add_api<LeaderAndIsrRequest>(types);
  add_api<StopReplicaRequest>(types);
  add_api<UpdateMetadataRequest>(types);
  add_api<ControlledShutdownRequest>(types);
  add_api<AlterPartitionRequest>(types);
  add_api<UpdateFeaturesRequest>(types);
  add_api<EnvelopeRequest>(types);
  add_api<DescribeClusterRequest>(types);
}

}  // namespace odradek::protocol::testing
