#include "protocol/messages/alter_client_quotas.h"
#include "protocol/messages/describe_client_quotas.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<DescribeClientQuotasRequest>;
template struct Codec<DescribeClientQuotasResponse>;
template struct Codec<AlterClientQuotasRequest>;
template struct Codec<AlterClientQuotasResponse>;

}  // namespace odradek::protocol
