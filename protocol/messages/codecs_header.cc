#include "protocol/messages/consumer_protocol.h"
#include "protocol/messages/envelope.h"
#include "protocol/messages/header.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<RequestHeader>;
template struct Codec<ResponseHeader>;
template struct Codec<ConsumerProtocolSubscription>;
template struct Codec<ConsumerProtocolAssignment>;
template struct Codec<DefaultPrincipalData>;

}  // namespace odradek::protocol
