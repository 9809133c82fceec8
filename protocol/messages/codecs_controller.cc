#include "protocol/messages/allocate_producer_ids.h"
#include "protocol/messages/alter_partition.h"
#include "protocol/messages/controlled_shutdown.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_metadata.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<LeaderAndIsrRequest>;
template struct Codec<LeaderAndIsrResponse>;
template struct Codec<StopReplicaRequest>;
template struct Codec<StopReplicaResponse>;
template struct Codec<UpdateMetadataRequest>;
template struct Codec<UpdateMetadataResponse>;
template struct Codec<ControlledShutdownRequest>;
template struct Codec<ControlledShutdownResponse>;
template struct Codec<AlterPartitionRequest>;
template struct Codec<AlterPartitionResponse>;
template struct Codec<AllocateProducerIdsRequest>;
template struct Codec<AllocateProducerIdsResponse>;

}  // namespace odradek::protocol
