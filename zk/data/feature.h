// The payload of /feature: the finalised features of the cluster (zookeeper.md §1.18).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::zk {

struct FinalizedFeature {
  std::int16_t min_version_level = 1;  // stored in version 1 only
  std::int16_t max_version_level = 1;

  bool operator==(const FinalizedFeature&) const = default;
};

struct FeatureData {
  std::int32_t version = 2;  // 1 below IBP 3.3-IV0
  bool enabled = true;
  std::map<std::string, FinalizedFeature> features;

  std::string encode() const;
  static base::Result<FeatureData> decode(std::string_view text);
  bool operator==(const FeatureData&) const = default;
};

}  // namespace odradek::zk
