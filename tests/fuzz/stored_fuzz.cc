#include <utility>

#include "base/log.h"
#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"
#include "protocol/messages/consumer_protocol.h"
#include "protocol/wire/versioned.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/message_checks.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

// What stands behind an int16 version: neither requests and answers nor headers.
const std::vector<MessageType>& stored_types() {
  static const auto kTypes = [] {
    std::vector<MessageType> types = message_types_ending("");
    std::erase_if(types, [](const MessageType& type) {
      return type.name.ends_with("RequestData") || type.name.ends_with("ResponseData") ||
             type.name.ends_with("HeaderData");
    });
    return types;
  }();
  return kTypes;
}

// Consumers may write a version higher than ours, which is then read as our highest.
void read_consumer_protocol(base::ByteView stored) {
  if (auto subscription = protocol::read_subscription(stored)) {
    base::Bytes written = protocol::write_subscription(*subscription, 3);
    auto again = protocol::read_subscription(written);
    CHECK(again.ok()) << again.error().message;
    CHECK(protocol::write_subscription(*again, 3) == written);
  }
  if (auto assignment = protocol::read_assignment(stored)) {
    base::Bytes written = protocol::write_assignment(*assignment, 3);
    auto again = protocol::read_assignment(written);
    CHECK(again.ok()) << again.error().message;
    CHECK(protocol::write_assignment(*again, 3) == written);
  }
}

template <class M>
void read_and_write(base::ByteView stored) {
  auto value = protocol::read_versioned<M>(stored);
  if (!value) return;
  std::int16_t version = *protocol::stored_version(stored);
  base::Bytes written = protocol::write_versioned(*value, version);
  auto again = protocol::read_versioned<M>(written);
  CHECK(again.ok()) << again.error().message;
  CHECK(protocol::write_versioned(*again, version) == written);
}

void run(base::ByteView input) {
  Choices choices(input);
  const MessageType& type = stored_types()[choices.below(stored_types().size())];
  base::ByteView stored = choices.rest();
  read_consumer_protocol(stored);
  read_and_write<protocol::OffsetCommitKey>(stored);
  read_and_write<protocol::OffsetCommitValue>(stored);
  read_and_write<protocol::GroupMetadataKey>(stored);
  read_and_write<protocol::GroupMetadataValue>(stored);
  read_and_write<protocol::TransactionLogKey>(stored);
  read_and_write<protocol::TransactionLogValue>(stored);
  auto version = protocol::stored_version(stored);
  if (version) check_message(type, stored.subspan(sizeof *version), *version);
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  for (std::size_t i = 0; i < stored_types().size(); ++i) {
    const MessageType& type = stored_types()[i];
    for (std::int16_t version = type.api.min; version <= type.api.max; ++version) {
      base::Bytes bytes{static_cast<std::uint8_t>(i)};
      append(bytes, big_endian(version));
      append(bytes, type.invent(random, version));
      seeds.push_back(std::move(bytes));
    }
  }
  return seeds;
}

}  // namespace

const Target stored_target{"stored", run, seeds};

}  // namespace odradek::fuzz
