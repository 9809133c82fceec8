// Leader hints: whom to ask instead, told with NOT_LEADER_OR_FOLLOWER so that a client need not ask
// for metadata (KIP-951).
#pragma once

#include <set>
#include <string>

#include "server/metadata/metadata_cache.h"

namespace odradek::api {

// Fills `partition.current_leader` from the metadata and notes the leader in `leaders`.
template <class Partition>
void hint_leader(const metadata::MetadataImage& image, const protocol::TopicPartition& tp,
                 Partition& partition, std::set<protocol::BrokerId>& leaders) {
  const metadata::PartitionInfo* known = image.partition(tp);
  if (known == nullptr || known->leader < 0) return;
  partition.current_leader.leader_id = known->leader;
  partition.current_leader.leader_epoch = known->leader_epoch;
  leaders.insert(known->leader);
}

// Adds where those leaders listen, by the listener that the client uses.
template <class Response>
void add_endpoints(const metadata::MetadataImage& image, const std::string& listener,
                   const std::set<protocol::BrokerId>& leaders, Response& response) {
  for (protocol::BrokerId id : leaders) {
    auto broker = image.brokers.find(id);
    if (broker == image.brokers.end()) continue;
    const metadata::BrokerEndpoint* endpoint = broker->second.endpoint(listener);
    if (endpoint == nullptr) continue;
    response.node_endpoints.push_back({.node_id = id,
                                       .host = endpoint->host,
                                       .port = endpoint->port,
                                       .rack = broker->second.rack});
  }
}

}  // namespace odradek::api
