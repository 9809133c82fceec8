// The node /feature: read it, set it up at failover (zookeeper.md §1.18).
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/data/feature.h"

namespace odradek::zk {

struct StoredFeatures {
  FeatureData data;
  std::int32_t zk_version = 0;  // the epoch of finalised features in ApiVersions
};

// Arms the node's watch if a handler is registered, also when the node is missing.
base::Result<std::optional<StoredFeatures>> read_features(Session& session);

// What a new controller does: enable (IBP >= 2.7-IV0; `version` 2 from IBP 3.3-IV0, else 1), or
// disable. Returns the node's version afterwards. Writes only when something differs.
base::Result<std::int32_t> enable_features(Session& session, std::int32_t version);
base::Result<std::int32_t> disable_features(Session& session);

base::Result<std::int32_t> write_features(Session& session, const FeatureData& data);

}  // namespace odradek::zk
