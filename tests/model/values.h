// The values of a Cluster as the broker's functions take them.
#pragma once

#include <vector>

#include "server/controller/elections.h"
#include "server/replica/isr.h"
#include "tests/model/cluster.h"

namespace odradek::model {

using protocol::BrokerId;
using protocol::ErrorCode;

std::vector<BrokerId> ids_of(Small bits);
Small bits_of(const std::vector<BrokerId>& ids);

// Time is left out, as no rule about data may lean on it: who is late is anybody's choice, and who
// is not in sync and late keeps the high watermark from nothing.
replica::LeaderView view_of(const Broker& broker);
replica::FollowerState follower_of(const Broker& leader, int follower);
replica::Followers followers_of(const Broker& leader, int id);
replica::IsrState isr_of(const Broker& broker);

controller::Leadership leadership_of(const State& state);
State state_of(const controller::Leadership& leadership);

}  // namespace odradek::model
