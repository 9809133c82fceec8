#include "protocol/messages/consumer_protocol.h"

#include <algorithm>

#include "protocol/wire/versioned.h"

namespace odradek::protocol {
namespace {

template <class M>
base::Result<M> read_newest(base::ByteView bytes) {
  base::Result<std::int16_t> version = stored_version(bytes);
  if (!version) return version.error();
  base::Bytes body = without_version(bytes);
  return Codec<M>::decode(body, std::min(*version, M::kApi.max));
}

}  // namespace

base::Result<ConsumerProtocolSubscription> read_subscription(base::ByteView bytes) {
  return read_newest<ConsumerProtocolSubscription>(bytes);
}

base::Result<ConsumerProtocolAssignment> read_assignment(base::ByteView bytes) {
  return read_newest<ConsumerProtocolAssignment>(bytes);
}

base::Bytes write_subscription(const ConsumerProtocolSubscription& subscription,
                               std::int16_t version) {
  return write_versioned(subscription, version);
}

base::Bytes write_assignment(const ConsumerProtocolAssignment& assignment, std::int16_t version) {
  return write_versioned(assignment, version);
}

}  // namespace odradek::protocol
