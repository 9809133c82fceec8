#include "protocol/messages/describe_producers.h"
#include "protocol/messages/describe_transactions.h"
#include "protocol/messages/list_transactions.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<DescribeProducersRequest>;
template struct Codec<DescribeProducersResponse>;
template struct Codec<DescribeTransactionsRequest>;
template struct Codec<DescribeTransactionsResponse>;
template struct Codec<ListTransactionsRequest>;
template struct Codec<ListTransactionsResponse>;

}  // namespace odradek::protocol
