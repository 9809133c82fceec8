#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"
#include "protocol/messages/consumer_protocol.h"
#include "protocol/messages/envelope.h"
#include "protocol/messages/header.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

// What is no request or answer: headers, and what others carry or topics keep.
void add_stored(MessageTypes& types) {
  add<RequestHeader>(types, "RequestHeaderData");
  add<ResponseHeader>(types, "ResponseHeaderData");
  add<ConsumerProtocolSubscription>(types, "ConsumerProtocolSubscription");
  add<ConsumerProtocolAssignment>(types, "ConsumerProtocolAssignment");
  add<DefaultPrincipalData>(types, "DefaultPrincipalData");
  add<OffsetCommitKey>(types, "OffsetCommitKey");
  add<OffsetCommitValue>(types, "OffsetCommitValue");
  add<GroupMetadataKey>(types, "GroupMetadataKey");
  add<GroupMetadataValue>(types, "GroupMetadataValue");
  add<TransactionLogKey>(types, "TransactionLogKey");
  add<TransactionLogValue>(types, "TransactionLogValue");
}

}  // namespace odradek::protocol::testing
