#include "protocol/messages/alter_partition_reassignments.h"
#include "protocol/messages/elect_leaders.h"
#include "protocol/messages/list_partition_reassignments.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<ElectLeadersRequest>;
template struct Codec<ElectLeadersResponse>;
template struct Codec<AlterPartitionReassignmentsRequest>;
template struct Codec<AlterPartitionReassignmentsResponse>;
template struct Codec<ListPartitionReassignmentsRequest>;
template struct Codec<ListPartitionReassignmentsResponse>;

}  // namespace odradek::protocol
