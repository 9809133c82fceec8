#include "server/replica/alter_partition.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace odradek::replica {
namespace {

using protocol::AlterPartitionRequest;
using protocol::AlterPartitionResponse;

constexpr std::int16_t kFirstAlterPartitionWithTopicIds = 2;
constexpr std::int64_t kConnectTimeoutMs = 10'000;

bool have_topic_ids(const std::vector<IsrProposal>& proposals) {
  return std::none_of(proposals.begin(), proposals.end(),
                      [](const IsrProposal& proposal) { return proposal.topic_id.is_zero(); });
}

}  // namespace

AlterPartitionRequest request_of(const std::vector<IsrProposal>& proposals) {
  AlterPartitionRequest request;
  std::map<std::string, std::size_t> places;
  for (const IsrProposal& proposal : proposals) {
    auto [place, is_new] = places.try_emplace(proposal.partition.topic, request.topics.size());
    if (is_new) {
      request.topics.push_back(
          {.topic_name = proposal.partition.topic, .topic_id = proposal.topic_id});
    }
    auto& partition = request.topics[place->second].partitions.emplace_back();
    partition.partition_index = proposal.partition.partition;
    partition.leader_epoch = proposal.leader_epoch;
    partition.new_isr = proposal.isr;
    // Not the leader's own, which the request has. A JVM controller reads the ids alone.
    for (std::size_t i = 0; i < proposal.isr.size(); ++i) {
      bool is_told = i < proposal.broker_epochs.size();
      partition.new_isr_with_epochs.push_back(
          {proposal.isr[i], is_told ? proposal.broker_epochs[i] : -1});
    }
    partition.partition_epoch = proposal.partition_epoch;
  }
  return request;
}

std::vector<std::optional<IsrAnswer>> answers_in(const AlterPartitionResponse& response,
                                                 const std::vector<IsrProposal>& proposals) {
  std::map<TopicPartition, std::size_t> places;
  std::unordered_map<base::Uuid, std::string> names;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    places[proposals[i].partition] = i;
    names[proposals[i].topic_id] = proposals[i].partition.topic;
  }
  std::vector<std::optional<IsrAnswer>> answers(proposals.size());
  for (const auto& topic : response.topics) {
    const std::string& name = topic.topic_id.is_zero() ? topic.topic_name : names[topic.topic_id];
    for (const auto& partition : topic.partitions) {
      auto place = places.find({name, partition.partition_index});
      if (place == places.end()) continue;
      answers[place->second] = IsrAnswer{.error = partition.error_code,
                                         .leader_epoch = partition.leader_epoch,
                                         .isr = partition.isr,
                                         .partition_epoch = partition.partition_epoch};
    }
  }
  return answers;
}

base::Result<AlterPartition::ConnectionPtr> AlterPartition::connection(client::Deadline deadline) {
  auto image = metadata_.image();
  auto controller = image->brokers.find(image->controller_id);
  const metadata::BrokerEndpoint* endpoint =
      controller == image->brokers.end() ? nullptr : controller->second.endpoint(options_.listener);
  if (endpoint == nullptr) return base::Error("no controller is known");
  client::Endpoint wanted{endpoint->host, endpoint->port};
  {
    base::MutexLock lock(mutex_);
    if (closed_) return base::Error("the broker is shutting down");
    if (connection_ != nullptr && controller_ == wanted) return connection_;
    connection_.reset();
  }
  // close() cannot end an attempt to connect.
  deadline = std::min(deadline, client::deadline_in_ms(kConnectTimeoutMs));
  auto connected = connections_.connect(wanted, std::to_string(broker_), deadline);
  if (!connected) return connected.error();
  base::Status negotiated = (*connected)->negotiate(deadline);
  if (!negotiated) return negotiated.error();
  base::MutexLock lock(mutex_);
  if (closed_) return base::Error("the broker is shutting down");
  controller_ = wanted;
  connection_ = std::move(*connected);
  return connection_;
}

base::Result<AlterPartitionResponse> AlterPartition::ask(
    const std::vector<IsrProposal>& proposals) {
  auto deadline = client::deadline_in_ms(options_.timeout_ms);
  auto connection = this->connection(deadline);
  if (!connection) return connection.error();
  bool uses_ids = options_.may_use_topic_ids && have_topic_ids(proposals);
  auto highest =
      uses_ids ? options_.max_version
               : std::min<std::int16_t>(options_.max_version, kFirstAlterPartitionWithTopicIds - 1);
  auto version = (*connection)->version_for(AlterPartitionRequest::kApi, 0, highest);
  if (!version) return version.error();
  AlterPartitionRequest request = request_of(proposals);
  request.broker_id = broker_;
  request.broker_epoch = broker_epoch_.load();
  return (*connection)
      ->send_and_receive<AlterPartitionRequest, AlterPartitionResponse>(request, *version,
                                                                        deadline);
}

base::Result<std::vector<std::optional<IsrAnswer>>> AlterPartition::write(
    const std::vector<IsrProposal>& proposals) {
  auto response = ask(proposals);
  if (!response || response->error_code != ErrorCode::kNone) drop();
  if (!response) return response.error();
  if (response->error_code != ErrorCode::kNone) {
    return base::Error(response->error_code,
                       "the controller answered AlterPartition with " +
                           std::string(protocol::error_name(response->error_code)));
  }
  return answers_in(*response, proposals);
}

void AlterPartition::drop() {
  base::MutexLock lock(mutex_);
  connection_.reset();
}

void AlterPartition::close() {
  base::MutexLock lock(mutex_);
  closed_ = true;
  if (connection_ != nullptr) connection_->close();
}

}  // namespace odradek::replica
