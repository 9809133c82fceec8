// ControllerOptions: what the controller takes from the broker's configuration.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/types.h"
#include "server/config/inter_broker_protocol.h"

namespace odradek::controller {

struct ControllerOptions {
  protocol::BrokerId broker_id = protocol::kNoBroker;
  std::string inter_broker_listener;   // upper-case name; where LeaderAndIsr sends followers to
  std::string control_plane_listener;  // where requests to brokers go; empty: inter_broker_listener
  // Decides alone which request versions and which features are used (zookeeper.md §2.12, §8.1).
  config::InterBrokerProtocol protocol_version = config::kLatestInterBrokerProtocol;
  bool delete_topic_enable = true;
  bool unclean_leader_election_enable = false;
  bool auto_leader_rebalance_enable = true;
  std::int64_t leader_imbalance_check_interval_ms = 300'000;
  std::int64_t leader_imbalance_first_delay_ms = 5'000;
  std::int32_t leader_imbalance_per_broker_percentage = 10;
  std::int64_t socket_timeout_ms = 30'000;  // controller.socket.timeout.ms
  std::int64_t retry_backoff_ms = 100;      // between two tries to send to the same broker
  // Run every token_check_interval_ms while active; none: no token authentication.
  std::function<void()> expire_tokens;
  std::int64_t token_check_interval_ms = 3'600'000;

  const std::string& request_listener() const {
    return control_plane_listener.empty() ? inter_broker_listener : control_plane_listener;
  }
};

}  // namespace odradek::controller
