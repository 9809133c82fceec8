#include "zk/data/config.h"

#include <boost/json.hpp>
#include <utility>

#include "base/json.h"

namespace odradek::zk {

std::string encode_config(const ConfigMap& config) {
  boost::json::object values;
  for (const auto& [key, value] : config) values[key] = value;
  boost::json::object out;
  out["version"] = 1;
  out["config"] = std::move(values);
  return boost::json::serialize(out);
}

base::Result<ConfigMap> decode_config(std::string_view text) {
  ConfigMap config;
  if (text.empty()) return config;
  auto parsed = base::parse_json(text);
  if (!parsed) return parsed.error();
  const auto* object = parsed->if_object();
  if (object == nullptr) return config;
  auto values = base::optional_json_object(*object, "config");
  if (!values) return values.error();
  if (*values == nullptr) return config;
  for (const auto& [key, ignored] : **values) {
    auto value = base::json_string(**values, std::string_view(key));
    if (!value) return value.error();
    config[key] = std::move(*value);
  }
  return config;
}

}  // namespace odradek::zk
