#include "protocol/messages/fetch.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<FetchRequest>;
template struct Codec<FetchResponse>;

}  // namespace odradek::protocol
