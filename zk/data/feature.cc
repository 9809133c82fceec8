#include "zk/data/feature.h"

#include <boost/json.hpp>
#include <limits>
#include <utility>

#include "base/json.h"

namespace odradek::zk {
namespace {

base::Result<FinalizedFeature> decode_levels(const std::string& name,
                                             const boost::json::value& value,
                                             std::int32_t version) {
  const auto* object = value.if_object();
  if (object == nullptr) return base::Error("feature '" + name + "' is no object");
  auto max = base::json_int32(*object, "max_version_level");
  if (!max) return max.error();
  std::int32_t min = 1;
  if (version == 1) {
    auto stored = base::json_int32(*object, "min_version_level");
    if (!stored) return stored.error();
    min = *stored;
  }
  if (min < 1 || *max < min || *max > std::numeric_limits<std::int16_t>::max()) {
    return base::Error("feature '" + name + "' has impossible levels");
  }
  return FinalizedFeature{static_cast<std::int16_t>(min), static_cast<std::int16_t>(*max)};
}

}  // namespace

std::string FeatureData::encode() const {
  boost::json::object levels;
  for (const auto& [name, feature] : features) {
    boost::json::object each;
    if (version == 1) each["min_version_level"] = feature.min_version_level;
    each["max_version_level"] = feature.max_version_level;
    levels[name] = std::move(each);
  }
  boost::json::object out;
  out["version"] = version;
  out["status"] = enabled ? 1 : 0;
  out["features"] = std::move(levels);
  return boost::json::serialize(out);
}

base::Result<FeatureData> FeatureData::decode(std::string_view text) {
  auto object = base::parse_json_object(text);
  if (!object) return object.error();
  auto version = base::json_int32(*object, "version");
  if (!version) return version.error();
  if (*version < 1 || *version > 2) {
    return base::Error("unsupported version " + std::to_string(*version) + " of /feature");
  }
  auto status = base::json_int32(*object, "status");
  if (!status) return status.error();
  if (*status != 0 && *status != 1) {
    return base::Error("unknown status " + std::to_string(*status) + " of /feature");
  }
  auto levels = base::json_object(*object, "features");
  if (!levels) return levels.error();
  FeatureData data;
  data.version = *version;
  data.enabled = *status == 1;
  for (const auto& [name, value] : **levels) {
    auto feature = decode_levels(std::string(name), value, *version);
    if (!feature) return feature.error();
    data.features[name] = *feature;
  }
  return data;
}

}  // namespace odradek::zk
