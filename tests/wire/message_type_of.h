// The MessageType of one message, for the message_types_*.cc, which compile side by side.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocol/wire/codec.h"
#include "tests/wire/description_checker.h"
#include "tests/wire/message_types.h"
#include "tests/wire/records_counter.h"

namespace odradek::protocol::testing {

template <class M>
base::Result<RoundTrip> round_trip(std::span<std::uint8_t> bytes, std::int16_t version) {
  RoundTrip trip;
  base::Result<M> message = Codec<M>::decode(bytes, version, &trip.used);
  if (!message) return message.error();
  trip.json = Codec<M>::json(*message, version);
  trip.encoded = Codec<M>::encode(*message, version).flatten();
  RecordsCounter counter;
  M::describe(counter, *message);
  trip.records_bytes = counter.bytes();
  return trip;
}

template <class M>
bool accepts(std::span<std::uint8_t> bytes, std::int16_t version) {
  return Codec<M>::decode(bytes, version).ok();
}

template <class M>
base::Bytes invent(base::Random& random, std::int16_t version) {
  return Codec<M>::encode(Codec<M>::random(random, version), version).flatten();
}

template <class M>
std::vector<std::string> faults_of_description() {
  DescriptionChecker checker(M::kApi);
  checker.structure<M>();
  return checker.faults();
}

template <class M>
void add(MessageTypes& types, std::string name) {
  types.push_back(
      {std::move(name), M::kApi, round_trip<M>, accepts<M>, invent<M>, faults_of_description<M>});
}

template <class Request>
void add_api(MessageTypes& types) {
  std::string name(Request::kApi.name);
  add<Request>(types, name + "RequestData");
  add<typename Request::Response>(types, name + "ResponseData");
}

// One for each message_types_*.cc.
void add_data(MessageTypes& types);
void add_groups(MessageTypes& types);
void add_transactions(MessageTypes& types);
void add_brokers(MessageTypes& types);
void add_topics(MessageTypes& types);
void add_security(MessageTypes& types);
void add_stored(MessageTypes& types);
void add_kraft_quorum(MessageTypes& types);
void add_kraft_voters(MessageTypes& types);
void add_kraft_brokers(MessageTypes& types);
void add_kraft_share_groups(MessageTypes& types);
void add_kraft_share_state(MessageTypes& types);
void add_kraft_stored(MessageTypes& types);

}  // namespace odradek::protocol::testing
