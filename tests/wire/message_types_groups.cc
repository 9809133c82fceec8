#include "protocol/messages/consumer_group_describe.h"
#include "protocol/messages/consumer_group_heartbeat.h"
#include "protocol/messages/delete_groups.h"
#include "protocol/messages/describe_groups.h"
#include "protocol/messages/heartbeat.h"
#include "protocol/messages/join_group.h"
#include "protocol/messages/leave_group.h"
#include "protocol/messages/list_groups.h"
#include "protocol/messages/offset_commit.h"
#include "protocol/messages/offset_delete.h"
#include "protocol/messages/offset_fetch.h"
#include "protocol/messages/sync_group.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_groups(MessageTypes& types) {
  add_api<OffsetCommitRequest>(types);
  add_api<OffsetFetchRequest>(types);
  add_api<OffsetDeleteRequest>(types);
  add_api<JoinGroupRequest>(types);
  add_api<HeartbeatRequest>(types);
  add_api<LeaveGroupRequest>(types);
  add_api<SyncGroupRequest>(types);
  add_api<DescribeGroupsRequest>(types);
  add_api<ListGroupsRequest>(types);
  add_api<DeleteGroupsRequest>(types);
  add_api<ConsumerGroupHeartbeatRequest>(types);
  add_api<ConsumerGroupDescribeRequest>(types);
}

}  // namespace odradek::protocol::testing
