// LeaderEndpoint: the broker that a fetcher copies from, asked over one blocking connection.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/offset_for_leader_epoch.h"
#include "server/client/connection_factory.h"
#include "server/log/epoch_cache.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::replica {

// By inter.broker.protocol.version: fixed, not negotiated.
struct FetcherVersions {
  std::int16_t fetch = 17;
  std::int16_t list_offsets = 9;
  std::int16_t offset_for_leader_epoch = 4;
  bool truncates_on_fetch = true;
};

struct LeaderEndpointOptions {
  protocol::BrokerId local_broker = protocol::kNoBroker;
  protocol::BrokerId leader = protocol::kNoBroker;
  std::string client_id;
  std::string listener;  // the inter-broker one
  std::int64_t socket_timeout_ms = 30'000;
  FetcherVersions versions;
};

struct AskedEpoch {
  protocol::LeaderEpoch leader_epoch = protocol::kNoLeaderEpoch;  // the current one
  protocol::LeaderEpoch asked = protocol::kNoLeaderEpoch;
};
struct AnsweredEpoch {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  log::EpochEndOffset end;
};

// The fetcher's thread's, but close() may come from any. Where the leader listens is looked up for
// each connection, so that one that came back elsewhere is found.
class LeaderEndpoint {
 public:
  LeaderEndpoint(LeaderEndpointOptions options, const metadata::MetadataCache& metadata,
                 client::ConnectionFactory& connections)
      : options_(std::move(options)), metadata_(metadata), connections_(connections) {}

  // Records in the answer live until the next call here.
  base::Result<protocol::FetchResponse> fetch(const protocol::FetchRequest& request,
                                              std::int16_t version);
  base::Result<std::map<protocol::TopicPartition, AnsweredEpoch>> ends_of_epochs(
      const std::map<protocol::TopicPartition, AskedEpoch>& asked);
  // kEarliestTimestamp or kLatestTimestamp of the leader's log, whatever is committed. Errors of
  // the partition are as the leader named them.
  base::Result<protocol::Offset> offset(const protocol::TopicPartition& partition,
                                        protocol::LeaderEpoch leader_epoch, std::int64_t timestamp);

  // Makes a call under way fail soon, and later ones at once.
  void close() EXCLUDES(mutex_);

 private:
  using ConnectionPtr = std::shared_ptr<client::BrokerConnection>;

  base::Result<ConnectionPtr> connection(client::Deadline deadline) EXCLUDES(mutex_);
  template <class Request>
  base::Result<typename Request::Response> ask(const Request& request, std::int16_t version)
      EXCLUDES(mutex_);

  const LeaderEndpointOptions options_;
  const metadata::MetadataCache& metadata_;
  client::ConnectionFactory& connections_;
  base::Mutex mutex_;
  bool closed_ GUARDED_BY(mutex_) = false;
  ConnectionPtr connection_ GUARDED_BY(mutex_);
};

}  // namespace odradek::replica
