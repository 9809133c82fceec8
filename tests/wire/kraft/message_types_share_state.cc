#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/delete_share_group_state.h"
#include "tests/wire/kraft/initialize_share_group_state.h"
#include "tests/wire/kraft/read_share_group_state.h"
#include "tests/wire/kraft/read_share_group_state_summary.h"
#include "tests/wire/kraft/write_share_group_state.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<InitializeShareGroupStateRequest>;
template struct Codec<InitializeShareGroupStateResponse>;
template struct Codec<ReadShareGroupStateRequest>;
template struct Codec<ReadShareGroupStateResponse>;
template struct Codec<WriteShareGroupStateRequest>;
template struct Codec<WriteShareGroupStateResponse>;
template struct Codec<DeleteShareGroupStateRequest>;
template struct Codec<DeleteShareGroupStateResponse>;
template struct Codec<ReadShareGroupStateSummaryRequest>;
template struct Codec<ReadShareGroupStateSummaryResponse>;

namespace testing {

void add_kraft_share_state(MessageTypes& types) {
  add_api<InitializeShareGroupStateRequest>(types);
  add_api<ReadShareGroupStateRequest>(types);
  add_api<WriteShareGroupStateRequest>(types);
  add_api<DeleteShareGroupStateRequest>(types);
  add_api<ReadShareGroupStateSummaryRequest>(types);
}

}  // namespace testing
}  // namespace odradek::protocol
