#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/add_raft_voter.h"
#include "tests/wire/kraft/fetch_snapshot.h"
#include "tests/wire/kraft/remove_raft_voter.h"
#include "tests/wire/kraft/update_raft_voter.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<FetchSnapshotRequest>;
template struct Codec<FetchSnapshotResponse>;
template struct Codec<AddRaftVoterRequest>;
template struct Codec<AddRaftVoterResponse>;
template struct Codec<RemoveRaftVoterRequest>;
template struct Codec<RemoveRaftVoterResponse>;
template struct Codec<UpdateRaftVoterRequest>;
template struct Codec<UpdateRaftVoterResponse>;

namespace testing {

void add_kraft_voters(MessageTypes& types) {
  add_api<FetchSnapshotRequest>(types);
  add_api<AddRaftVoterRequest>(types);
  add_api<RemoveRaftVoterRequest>(types);
  add_api<UpdateRaftVoterRequest>(types);
}

}  // namespace testing
}  // namespace odradek::protocol
