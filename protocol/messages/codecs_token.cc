#include "protocol/messages/create_delegation_token.h"
#include "protocol/messages/describe_delegation_token.h"
#include "protocol/messages/expire_delegation_token.h"
#include "protocol/messages/renew_delegation_token.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<CreateDelegationTokenRequest>;
template struct Codec<CreateDelegationTokenResponse>;
template struct Codec<RenewDelegationTokenRequest>;
template struct Codec<RenewDelegationTokenResponse>;
template struct Codec<ExpireDelegationTokenRequest>;
template struct Codec<ExpireDelegationTokenResponse>;
template struct Codec<DescribeDelegationTokenRequest>;
template struct Codec<DescribeDelegationTokenResponse>;

}  // namespace odradek::protocol
