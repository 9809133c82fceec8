#include "protocol/messages/create_acls.h"
#include "protocol/messages/delete_acls.h"
#include "protocol/messages/describe_acls.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<DescribeAclsRequest>;
template struct Codec<DescribeAclsResponse>;
template struct Codec<CreateAclsRequest>;
template struct Codec<CreateAclsResponse>;
template struct Codec<DeleteAclsRequest>;
template struct Codec<DeleteAclsResponse>;

}  // namespace odradek::protocol
