#include "tests/model/values.h"

namespace odradek::model {

std::vector<BrokerId> ids_of(Small bits) {
  std::vector<BrokerId> ids;
  for (int id = 0; id < kReplicas; ++id) {
    if (has_bit(bits, id)) ids.push_back(id);
  }
  return ids;
}

Small bits_of(const std::vector<BrokerId>& ids) {
  Small bits = 0;
  for (BrokerId id : ids) bits = static_cast<Small>(bits | 1 << id);
  return bits;
}

replica::LeaderView view_of(const Broker& broker) {
  return {.end_offset = broker.log.size,
          .high_watermark = broker.high_watermark,
          .epoch_start = broker.epoch_start};
}

replica::FollowerState follower_of(const Broker& leader, int follower) {
  Small life = leader.lives[follower];
  return {.end_offset = leader.ends[follower], .broker_epoch = life == 0 ? -1 : life};
}

replica::Followers followers_of(const Broker& leader, int id) {
  replica::Followers followers;
  for (int other = 0; other < kReplicas; ++other) {
    if (other != id) followers[other] = follower_of(leader, other);
  }
  return followers;
}

replica::IsrState isr_of(const Broker& broker) {
  replica::IsrState isr{
      .committed = ids_of(broker.isr), .partition_epoch = broker.version, .proposed = {}};
  if (broker.proposed != 0) isr.proposed = ids_of(broker.proposed);
  return isr;
}

controller::Leadership leadership_of(const State& state) {
  return {.leader = state.leader,
          .leader_epoch = state.leader_epoch,
          .isr = ids_of(state.isr),
          .partition_epoch = state.version};
}

State state_of(const controller::Leadership& leadership) {
  return {static_cast<Small>(leadership.leader), static_cast<Small>(leadership.leader_epoch),
          bits_of(leadership.isr), static_cast<Small>(leadership.partition_epoch)};
}

}  // namespace odradek::model
