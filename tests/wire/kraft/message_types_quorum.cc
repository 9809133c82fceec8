#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/begin_quorum_epoch.h"
#include "tests/wire/kraft/describe_quorum.h"
#include "tests/wire/kraft/end_quorum_epoch.h"
#include "tests/wire/kraft/vote.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<VoteRequest>;
template struct Codec<VoteResponse>;
template struct Codec<BeginQuorumEpochRequest>;
template struct Codec<BeginQuorumEpochResponse>;
template struct Codec<EndQuorumEpochRequest>;
template struct Codec<EndQuorumEpochResponse>;
template struct Codec<DescribeQuorumRequest>;
template struct Codec<DescribeQuorumResponse>;

namespace testing {

void add_kraft_quorum(MessageTypes& types) {
  add_api<VoteRequest>(types);
  add_api<BeginQuorumEpochRequest>(types);
  add_api<EndQuorumEpochRequest>(types);
  add_api<DescribeQuorumRequest>(types);
}

}  // namespace testing
}  // namespace odradek::protocol
