#include <map>
#include <utility>

#include "base/log.h"
#include "protocol/messages/header.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/message_checks.h"
#include "tests/fuzz/targets.h"

namespace odradek::fuzz {
namespace {

const std::map<std::int16_t, MessageType>& response_types() {
  static const auto kTypes = [] {
    std::map<std::int16_t, MessageType> types;
    for (MessageType& type : message_types_ending("ResponseData")) {
      types.emplace(static_cast<std::int16_t>(type.api.key), std::move(type));
    }
    return types;
  }();
  return kTypes;
}

// The key and version that were asked for, then the frame without its length.
void run(base::ByteView input) {
  Choices choices(input);
  auto key = choices.number<std::int16_t>();
  auto version = choices.number<std::int16_t>();
  auto type = response_types().find(key);
  if (type == response_types().end()) return;
  base::Bytes frame = choices.copy_of_rest();
  auto body = protocol::response_body(type->second.api, version, frame, std::nullopt);
  if (!body) return;
  CHECK(body->data() >= frame.data() && body->size() <= frame.size());
  check_message(type->second, *body, version);
}

std::vector<base::Bytes> seeds(base::Random& random) {
  std::vector<base::Bytes> seeds;
  for (const auto& [key, type] : response_types()) {
    for (std::int16_t version : notable_versions(type.api)) {
      base::Bytes bytes = big_endian(key);
      append(bytes, big_endian(version));
      append(bytes,
             protocol::Codec<protocol::ResponseHeader>::encode(
                 {.correlation_id = 77}, protocol::response_header_version(type.api, version))
                 .flatten());
      append(bytes, type.invent(random, version));
      seeds.push_back(std::move(bytes));
    }
  }
  return seeds;
}

}  // namespace

const Target responses_target{"responses", run, seeds};

}  // namespace odradek::fuzz
