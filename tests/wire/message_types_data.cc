#include "protocol/messages/api_versions.h"
#include "protocol/messages/delete_records.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "protocol/messages/produce.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_data(MessageTypes& types) {
  add_api<ProduceRequest>(types);
  add_api<FetchRequest>(types);
  add_api<ListOffsetsRequest>(types);
  add_api<MetadataRequest>(types);
  add_api<OffsetForLeaderEpochRequest>(types);
  add_api<DeleteRecordsRequest>(types);
  add_api<ApiVersionsRequest>(types);
  add_api<FindCoordinatorRequest>(types);
}

}  // namespace odradek::protocol::testing
