#include "server/client/cluster_client.h"

#include <utility>

#include "base/text.h"
#include "base/thread.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/metadata.h"

namespace odradek::client {

using protocol::ErrorCode;

base::Result<std::vector<Endpoint>> parse_bootstrap_servers(const std::string& text) {
  std::vector<Endpoint> endpoints;
  for (std::string_view entry : base::split(text, ',')) {
    entry = base::trim(entry);
    if (entry.empty()) continue;
    const std::size_t colon = entry.rfind(':');
    std::optional<std::int32_t> port;
    if (colon != std::string_view::npos) {
      port = base::parse_int<std::int32_t>(entry.substr(colon + 1), 1, 65535);
    }
    std::string_view host = entry.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!port || host.empty()) {
      return base::Error(ErrorCode::kInvalidConfig,
                         "bootstrap server '" + std::string(entry) + "' is not host:port");
    }
    endpoints.push_back({.host = std::string(host), .port = *port});
  }
  if (endpoints.empty()) return base::Error(ErrorCode::kInvalidConfig, "no bootstrap server given");
  return endpoints;
}

ClusterClient::ClusterClient(ClusterClientOptions options, ConnectionFactory& connections)
    : options_(std::move(options)), connections_(connections) {}

ClusterClient::~ClusterClient() = default;

base::Result<BrokerConnection*> ClusterClient::connection_to(const Endpoint& endpoint) {
  auto it = open_.find(endpoint.to_string());
  if (it != open_.end()) return it->second.get();
  const Deadline deadline = request_deadline();
  base::Result<std::unique_ptr<BrokerConnection>> made =
      connections_.connect(endpoint, options_.client_id, deadline);
  if (!made.ok()) return made.error();
  if (auto status = (*made)->negotiate(deadline); !status.ok()) return status.error();
  BrokerConnection* connection = made->get();
  open_[endpoint.to_string()] = std::move(*made);
  return connection;
}

base::Result<BrokerConnection*> ClusterClient::to_any() {
  base::Error last(ErrorCode::kBrokerNotAvailable, "no bootstrap server given");
  if (!open_.empty()) return open_.begin()->second.get();
  for (const Endpoint& endpoint : options_.bootstrap) {
    base::Result<BrokerConnection*> connection = connection_to(endpoint);
    if (connection.ok()) return connection;
    last = connection.error();
  }
  for (const auto& [id, broker] : view_.brokers) {
    base::Result<BrokerConnection*> connection = connection_to(broker.endpoint);
    if (connection.ok()) return connection;
  }
  return last;
}

base::Result<ClusterView> ClusterClient::refresh() {
  protocol::MetadataRequest request;  // no topics: brokers and controller alone
  base::Result<protocol::MetadataResponse> answer =
      call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer.ok()) return answer.error();
  view_.cluster_id = answer->cluster_id.value_or("");
  view_.controller = answer->controller_id;
  view_.brokers.clear();
  for (const auto& broker : answer->brokers) {
    view_.brokers[broker.node_id] = {.id = broker.node_id,
                                     .endpoint = {.host = broker.host, .port = broker.port},
                                     .rack = broker.rack.value_or("")};
  }
  return view_;
}

base::Result<BrokerConnection*> ClusterClient::to_broker(protocol::BrokerId id) {
  auto it = view_.brokers.find(id);
  if (it == view_.brokers.end()) {
    if (base::Result<ClusterView> view = refresh(); !view.ok()) return view.error();
    it = view_.brokers.find(id);
  }
  if (it == view_.brokers.end()) {
    return base::Error(ErrorCode::kBrokerNotAvailable,
                       "broker " + std::to_string(id) + " is not in the cluster's metadata");
  }
  return connection_to(it->second.endpoint);
}

base::Result<BrokerConnection*> ClusterClient::to_controller() {
  if (view_.controller == protocol::kNoBroker) {
    if (base::Result<ClusterView> view = refresh(); !view.ok()) return view.error();
  }
  if (view_.controller == protocol::kNoBroker) {
    return base::Error(ErrorCode::kNotController, "the cluster has no controller now");
  }
  return to_broker(view_.controller);
}

base::Result<protocol::BrokerId> ClusterClient::leader_of(
    const protocol::TopicPartition& partition) {
  protocol::MetadataRequest request;
  request.allow_auto_topic_creation = false;
  request.topics->push_back({.topic_id = {}, .name = partition.topic});
  base::Result<protocol::MetadataResponse> answer =
      call_any<protocol::MetadataRequest, protocol::MetadataResponse>(request);
  if (!answer.ok()) return answer.error();
  for (const auto& topic : answer->topics) {
    if (topic.error_code != ErrorCode::kNone) {
      return base::Error(topic.error_code, "topic " + partition.topic + ": " +
                                               std::string(protocol::error_name(topic.error_code)));
    }
    for (const auto& found : topic.partitions) {
      if (found.partition_index != partition.partition) continue;
      if (found.leader_id == protocol::kNoBroker) break;
      return found.leader_id;
    }
  }
  return base::Error(ErrorCode::kLeaderNotAvailable,
                     "partition " + partition.to_string() + " has no leader");
}

base::Result<protocol::BrokerId> ClusterClient::coordinator_of(const std::string& key,
                                                               CoordinatorType type) {
  using Response = protocol::FindCoordinatorResponse;
  protocol::FindCoordinatorRequest request;
  request.key = key;
  request.key_type = static_cast<std::int8_t>(type);
  request.coordinator_keys = {key};
  auto code = [](const Response& answer) {
    return answer.coordinators.empty() ? answer.error_code : answer.coordinators.front().error_code;
  };
  base::Result<Response> answer = call<protocol::FindCoordinatorRequest, Response>(
      request, [this] { return to_any(); }, code);
  if (!answer.ok()) return answer.error();
  if (code(*answer) != ErrorCode::kNone) {
    return base::Error(code(*answer), "finding the coordinator of " + key + ": " +
                                          std::string(protocol::error_name(code(*answer))));
  }
  return answer->coordinators.empty() ? answer->node_id : answer->coordinators.front().node_id;
}

void ClusterClient::forget_controller() { view_.controller = protocol::kNoBroker; }

void ClusterClient::drop(BrokerConnection* connection) {
  std::erase_if(open_, [&](const auto& entry) { return entry.second.get() == connection; });
}

bool ClusterClient::is_retriable(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotController:
    case ErrorCode::kNotCoordinator:
    case ErrorCode::kCoordinatorNotAvailable:
    case ErrorCode::kCoordinatorLoadInProgress:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kLeaderNotAvailable:
    case ErrorCode::kNetworkException:
      return true;
    default:
      return false;
  }
}

bool ClusterClient::wait_before_retry(Deadline deadline) {
  const auto pause = std::chrono::milliseconds(options_.retry_backoff_ms);
  if (std::chrono::steady_clock::now() + pause >= deadline) return false;
  forget_controller();
  base::pause_ms(options_.retry_backoff_ms);
  return true;
}

}  // namespace odradek::client
