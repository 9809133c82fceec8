#include "protocol/messages/add_offsets_to_txn.h"
#include "protocol/messages/add_partitions_to_txn.h"
#include "protocol/messages/allocate_producer_ids.h"
#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_transactions.h"
#include "protocol/messages/end_txn.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_transactions.h"
#include "protocol/messages/txn_offset_commit.h"
#include "protocol/messages/write_txn_markers.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol::testing {

void add_transactions(MessageTypes& types) {
  add_api<InitProducerIdRequest>(types);
  add_api<AddPartitionsToTxnRequest>(types);
  add_api<AddOffsetsToTxnRequest>(types);
  add_api<EndTxnRequest>(types);
  add_api<WriteTxnMarkersRequest>(types);
  add_api<TxnOffsetCommitRequest>(types);
  add_api<DescribeProducersRequest>(types);
  add_api<DescribeTransactionsRequest>(types);
  add_api<ListTransactionsRequest>(types);
  add_api<AllocateProducerIdsRequest>(types);
}

}  // namespace odradek::protocol::testing
