#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/share_acknowledge.h"
#include "tests/wire/kraft/share_fetch.h"
#include "tests/wire/kraft/share_group_describe.h"
#include "tests/wire/kraft/share_group_heartbeat.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<ShareGroupHeartbeatRequest>;
template struct Codec<ShareGroupHeartbeatResponse>;
template struct Codec<ShareGroupDescribeRequest>;
template struct Codec<ShareGroupDescribeResponse>;
template struct Codec<ShareFetchRequest>;
template struct Codec<ShareFetchResponse>;
template struct Codec<ShareAcknowledgeRequest>;
template struct Codec<ShareAcknowledgeResponse>;

namespace testing {

void add_kraft_share_groups(MessageTypes& types) {
  add_api<ShareGroupHeartbeatRequest>(types);
  add_api<ShareGroupDescribeRequest>(types);
  add_api<ShareFetchRequest>(types);
  add_api<ShareAcknowledgeRequest>(types);
}

}  // namespace testing
}  // namespace odradek::protocol
