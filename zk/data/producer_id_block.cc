#include "zk/data/producer_id_block.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace odradek::zk {
namespace {

base::Result<std::int64_t> decimal(const boost::json::object& object, std::string_view key) {
  auto text = base::json_string(object, key);
  if (!text) return text.error();
  auto number = base::parse_int<std::int64_t>(*text, 0);
  if (!number) return base::Error(std::string(key) + " is no producer id: '" + *text + "'");
  return *number;
}

}  // namespace

std::string ProducerIdBlock::encode() const {
  boost::json::object out;
  out["version"] = 1;
  out["broker"] = broker_id;
  out["block_start"] = std::to_string(first);
  out["block_end"] = std::to_string(last);
  return boost::json::serialize(out);
}

base::Result<ProducerIdBlock> ProducerIdBlock::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto broker = base::json_int32(*object, "broker");
  if (!broker) return broker.error();
  auto first = decimal(*object, "block_start");
  if (!first) return first.error();
  auto last = decimal(*object, "block_end");
  if (!last) return last.error();
  return ProducerIdBlock{*broker, *first, *last};
}

}  // namespace odradek::zk
