#include "zk/data/consumer.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace odradek::zk {

std::string ConsumerSubscription::encode() const {
  boost::json::object topics;
  for (const auto& [topic, streams] : subscription) topics[topic] = streams;
  boost::json::object out;
  out["version"] = 1;
  out["subscription"] = std::move(topics);
  out["pattern"] = pattern;
  out["timestamp"] = std::to_string(timestamp_ms);
  return boost::json::serialize(out);
}

base::Result<ConsumerSubscription> ConsumerSubscription::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto topics = base::json_object(*object, "subscription");
  if (!topics) return topics.error();
  ConsumerSubscription out;
  for (const auto& [topic, ignored] : **topics) {
    auto streams = base::json_int32(**topics, std::string_view(topic));
    if (!streams) return streams.error();
    out.subscription[topic] = *streams;
  }
  auto pattern = base::optional_json_string(*object, "pattern");
  if (!pattern) return pattern.error();
  if (*pattern) out.pattern = std::move(**pattern);
  if (auto timestamp = base::json_string(*object, "timestamp")) {
    out.timestamp_ms = base::parse_int<std::int64_t>(*timestamp).value_or(0);
  }
  return out;
}

std::string encode_owner(std::string_view consumer, std::int32_t thread) {
  return std::string(consumer) + "-" + std::to_string(thread);
}

std::string encode_offset(std::int64_t offset) { return std::to_string(offset); }

base::Result<std::int64_t> decode_offset(std::string_view text) {
  auto offset = base::parse_int<std::int64_t>(text);
  if (!offset) return base::Error("not an offset: '" + std::string(text.substr(0, 40)) + "'");
  return *offset;
}

}  // namespace odradek::zk
