#include "zk/store/features.h"

#include <string>
#include <utility>

#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

// Makes the node say what `wanted` makes of what it says now.
template <class Wanted>
base::Result<std::int32_t> set_up(Session& session, Wanted wanted) {
  const std::string path(paths::kFeature);
  while (true) {
    auto stored = read_features(session);
    if (!stored) return stored.error();
    FeatureData data = wanted(*stored ? &(*stored)->data : nullptr);
    if (*stored && (*stored)->data == data) return (*stored)->zk_version;
    if (*stored) return write_features(session, data);
    Response created = session.call(Create{path, data.encode(), CreateMode::kPersistent, {}});
    if (created.ok()) return 0;
    if (created.code != Code::kNodeExists) return error_of(created.code, "creating", path);
  }
}

}  // namespace

base::Result<std::optional<StoredFeatures>> read_features(Session& session) {
  const std::string path(paths::kFeature);
  Response response = read_and_arm(session, path);
  if (response.code == Code::kNoNode) return std::optional<StoredFeatures>();
  if (!response.ok()) return error_of(response.code, "reading", path);
  auto data = FeatureData::decode(response.data.value_or(""));
  if (!data) return base::Error(path + " cannot be read: " + data.error().message);
  return std::optional(StoredFeatures{std::move(*data), response.stat.version});
}

base::Result<std::int32_t> enable_features(Session& session, std::int32_t version) {
  return set_up(session, [version](const FeatureData* now) {
    FeatureData data{.version = version, .enabled = true, .features = {}};
    if (now != nullptr && now->enabled) data.features = now->features;
    // A version 2 node does not store the minimum.
    for (auto& [ignored, feature] : data.features) {
      if (version >= 2) feature.min_version_level = 1;
    }
    return data;
  });
}

base::Result<std::int32_t> disable_features(Session& session) {
  return set_up(session, [](const FeatureData*) {
    return FeatureData{.version = 1, .enabled = false, .features = {}};
  });
}

base::Result<std::int32_t> write_features(Session& session, const FeatureData& data) {
  const std::string path(paths::kFeature);
  Response response = session.call(SetData{path, data.encode()});
  if (!response.ok()) return error_of(response.code, "writing", path);
  return response.stat.version;
}

}  // namespace odradek::zk
