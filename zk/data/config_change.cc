#include "zk/data/config_change.h"

#include <array>
#include <boost/json.hpp>

#include "base/json.h"

namespace odradek::zk {
namespace {

constexpr std::array<std::string_view, 5> kTypes = {"topics", "clients", "users", "brokers", "ips"};

bool starts_with_known_type(std::string_view entity_path) {
  std::string_view type = entity_path.substr(0, entity_path.find('/'));
  for (std::string_view known : kTypes) {
    if (type == known && entity_path.size() > type.size() + 1) return true;
  }
  return false;
}

base::Result<std::string> decode_version_1(const boost::json::object& object) {
  auto type = base::json_string(object, "entity_type");
  if (!type) return type.error();
  auto name = base::json_string(object, "entity_name");
  if (!name) return name.error();
  if (*type != "topics" && *type != "clients") {
    return base::Error("a version 1 config change of entity type '" + *type + "'");
  }
  if (name->empty())
    return base::Error("a version 1 config change of " + *type + " without a name");
  return *type + "/" + *name;
}

}  // namespace

std::string encode_config_change(std::string_view entity_path) {
  boost::json::object out;
  out["version"] = 2;
  out["entity_path"] = entity_path;
  return boost::json::serialize(out);
}

base::Result<std::string> decode_config_change(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto version = base::json_int32(*object, "version");
  if (!version) return version.error();
  if (*version == 1) return decode_version_1(*object);
  if (*version != 2) {
    return base::Error("unsupported version " + std::to_string(*version) + " of a config change");
  }
  auto entity_path = base::json_string(*object, "entity_path");
  if (!entity_path) return entity_path.error();
  if (!starts_with_known_type(*entity_path)) {
    return base::Error("a config change of the unknown entity '" + *entity_path + "'");
  }
  return *entity_path;
}

}  // namespace odradek::zk
