// Features: what UpdateFeatures may change of the cluster's finalised features (zookeeper.md
// §1.18).
#pragma once

#include <cstdint>
#include <optional>

#include "server/config/inter_broker_protocol.h"
#include "server/controller/requests.h"
#include "zk/client/session.h"

namespace odradek::controller {

// Why the change is refused; code 0 means that the feature is to be deleted, the only change
// possible where brokers support no feature. `existing` is the finalised level, if any.
base::Error check_feature_change(const FeatureChange& change, std::optional<std::int16_t> existing);

// Reads /feature, decides, writes. The error of the whole: INVALID_REQUEST below IBP 2.7-IV0.
FeaturesAnswer change_features(zk::Session& session, config::InterBrokerProtocol version,
                               const FeaturesRequest& request);

}  // namespace odradek::controller
