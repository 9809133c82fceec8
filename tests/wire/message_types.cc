#include "tests/wire/message_types.h"

#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

MessageTypes every_message_type() {
  MessageTypes types;
  add_data(types);
  add_groups(types);
  add_transactions(types);
  add_brokers(types);
  add_topics(types);
  add_security(types);
  add_stored(types);
  add_kraft_quorum(types);
  add_kraft_voters(types);
  add_kraft_brokers(types);
  add_kraft_share_groups(types);
  add_kraft_share_state(types);
  add_kraft_stored(types);
  return types;
}

}  // namespace odradek::protocol::testing
