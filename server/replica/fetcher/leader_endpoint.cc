#include "server/replica/fetcher/leader_endpoint.h"

#include <algorithm>
#include <utility>

#include "protocol/messages/list_offsets.h"

namespace odradek::replica {
namespace {

using protocol::ErrorCode;

constexpr std::int64_t kConnectMs = 10'000;

base::Error closed() {
  return base::Error(ErrorCode::kNetworkException, "the fetcher is being stopped");
}

}  // namespace

base::Result<LeaderEndpoint::ConnectionPtr> LeaderEndpoint::connection(client::Deadline deadline) {
  {
    base::MutexLock lock(mutex_);
    if (closed_) return closed();
    if (connection_ != nullptr) return connection_;
  }
  auto image = metadata_.image();
  auto leader = image->brokers.find(options_.leader);
  const metadata::BrokerEndpoint* endpoint =
      leader == image->brokers.end() ? nullptr : leader->second.endpoint(options_.listener);
  if (endpoint == nullptr) {
    return base::Error(ErrorCode::kNetworkException, "broker " + std::to_string(options_.leader) +
                                                         " is not known to listen on " +
                                                         options_.listener);
  }
  // close() cannot end an attempt to connect.
  auto connected = connections_.connect({endpoint->host, endpoint->port}, options_.client_id,
                                        std::min(deadline, client::deadline_in_ms(kConnectMs)));
  if (!connected) return connected.error();
  base::MutexLock lock(mutex_);
  if (closed_) return closed();
  connection_ = std::move(*connected);
  return connection_;
}

template <class Request>
base::Result<typename Request::Response> LeaderEndpoint::ask(const Request& request,
                                                             std::int16_t version) {
  auto deadline = client::deadline_in_ms(options_.socket_timeout_ms);
  auto connection = this->connection(deadline);
  if (!connection) return connection.error();
  auto response = (*connection)
                      ->template send_and_receive<Request, typename Request::Response>(
                          request, version, deadline);
  if (!response) {
    base::MutexLock lock(mutex_);
    connection_.reset();
  }
  return response;
}

base::Result<protocol::FetchResponse> LeaderEndpoint::fetch(const protocol::FetchRequest& request,
                                                            std::int16_t version) {
  return ask(request, version);
}

base::Result<std::map<protocol::TopicPartition, AnsweredEpoch>> LeaderEndpoint::ends_of_epochs(
    const std::map<protocol::TopicPartition, AskedEpoch>& asked) {
  protocol::OffsetForLeaderEpochRequest request;
  request.replica_id = options_.local_broker;
  for (const auto& [partition, epoch] : asked) {
    if (request.topics.empty() || request.topics.back().topic != partition.topic) {
      request.topics.emplace_back().topic = partition.topic;
    }
    request.topics.back().partitions.push_back({.partition = partition.partition,
                                                .current_leader_epoch = epoch.leader_epoch,
                                                .leader_epoch = epoch.asked});
  }
  auto response = ask(request, options_.versions.offset_for_leader_epoch);
  if (!response) return response.error();
  std::map<protocol::TopicPartition, AnsweredEpoch> answers;
  for (const auto& topic : response->topics) {
    for (const auto& partition : topic.partitions) {
      answers[{topic.topic, partition.partition}] = {
          partition.error_code, {partition.leader_epoch, partition.end_offset}};
    }
  }
  return answers;
}

base::Result<protocol::Offset> LeaderEndpoint::offset(const protocol::TopicPartition& partition,
                                                      protocol::LeaderEpoch leader_epoch,
                                                      std::int64_t timestamp) {
  protocol::ListOffsetsRequest request;
  request.replica_id = options_.local_broker;
  auto& topic = request.topics.emplace_back();
  topic.name = partition.topic;
  topic.partitions.push_back({.partition_index = partition.partition,
                              .current_leader_epoch = leader_epoch,
                              .timestamp = timestamp});
  auto response = ask(request, options_.versions.list_offsets);
  if (!response) return response.error();
  if (response->topics.size() != 1 || response->topics[0].partitions.size() != 1) {
    return base::Error(ErrorCode::kUnknownServerError,
                       "the leader's answer is not about " + partition.to_string());
  }
  const auto& found = response->topics[0].partitions[0];
  if (found.error_code != ErrorCode::kNone) {
    return base::Error(found.error_code, std::string(protocol::error_name(found.error_code)));
  }
  if (options_.versions.list_offsets > 0) return found.offset;
  if (found.old_style_offsets.empty()) {
    return base::Error(ErrorCode::kUnknownServerError, "the leader named no offset");
  }
  return found.old_style_offsets.front();
}

void LeaderEndpoint::close() {
  base::MutexLock lock(mutex_);
  closed_ = true;
  if (connection_ != nullptr) connection_->close();
}

}  // namespace odradek::replica
