#include "server/controller/channel_manager.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "protocol/messages/leader_and_isr.h"
#include "protocol/messages/stop_replica.h"
#include "protocol/messages/update_metadata.h"

namespace odradek::controller {
namespace {

using protocol::ApiKey;

StopReplicaAnswered stop_replica_answer(const ControlRequest& request,
                                        const protocol::StopReplicaResponse& response) {
  StopReplicaAnswered answered;
  answered.deleted = request.deleted;
  if (response.error_code != ErrorCode::kNone) {
    answered.failed = request.deleted;
    return answered;
  }
  for (const auto& partition : response.partition_errors) {
    if (partition.error_code != ErrorCode::kNone) {
      answered.failed.push_back({partition.topic_name, partition.partition_index});
    }
  }
  return answered;
}

}  // namespace

ChannelManager::~ChannelManager() { stop(); }

void ChannelManager::start(std::int32_t controller_epoch,
                           const std::vector<zk::RegisteredBroker>& brokers) {
  controller_epoch_ = controller_epoch;
  for (const zk::RegisteredBroker& broker : brokers) add(broker);
}

void ChannelManager::stop() {
  for (auto& [broker, sender] : senders_) retire(std::move(sender));
  senders_.clear();
}

void ChannelManager::add(const zk::RegisteredBroker& broker) {
  const BrokerId id = broker.registration.broker_id;
  const zk::BrokerEndpoint* endpoint = broker.registration.endpoint(options_.request_listener());
  if (endpoint == nullptr) {
    LOG(ERROR) << "[controller " << options_.broker_id << "] broker " << id
               << " has no listener named " << options_.request_listener()
               << " and cannot be told anything";
    return;
  }
  const std::int32_t epoch = controller_epoch_;
  remove(id);
  senders_[id] = std::make_unique<RequestSender>(
      SenderOptions{.controller = options_.broker_id,
                    .broker = id,
                    .endpoint = {.host = endpoint->host, .port = endpoint->port},
                    .socket_timeout_ms = options_.socket_timeout_ms,
                    .retry_backoff_ms = options_.retry_backoff_ms},
      connections_, [this, id, epoch](const ControlRequest& request, base::MutableBytes body) {
        on_answer(id, epoch, request, body);
      });
}

void ChannelManager::remove(BrokerId broker) {
  auto it = senders_.find(broker);
  if (it == senders_.end()) return;
  retire(std::move(it->second));
  senders_.erase(it);
}

void ChannelManager::retire(std::unique_ptr<RequestSender> sender) {
  std::erase_if(retired_, [](const auto& old) { return old->is_finished(); });
  sender->stop();
  retired_.push_back(std::move(sender));
}

void ChannelManager::send(BrokerId broker, ControlRequest request) {
  auto it = senders_.find(broker);
  if (it == senders_.end()) {
    LOG(WARNING) << "[controller " << options_.broker_id << "] " << request.api.name
                 << " not sent: no channel to broker " << broker;
    return;
  }
  it->second->send(std::move(request));
}

void ChannelManager::on_answer(BrokerId broker, std::int32_t controller_epoch,
                               const ControlRequest& request, base::MutableBytes body) {
  base::Error unreadable;
  ErrorCode refused = ErrorCode::kNone;
  if (request.api.key == ApiKey::kLeaderAndIsr) {
    auto response = protocol::Codec<protocol::LeaderAndIsrResponse>::decode(body, request.version);
    if (response.ok()) {
      refused = response->error_code;
      events_.put(LeaderAndIsrAnswered{.controller_epoch = controller_epoch,
                                       .broker = broker,
                                       .version = request.version,
                                       .response = std::move(*response)});
    } else {
      unreadable = response.error();
    }
  } else if (request.api.key == ApiKey::kStopReplica) {
    auto response = protocol::Codec<protocol::StopReplicaResponse>::decode(body, request.version);
    if (response.ok()) {
      refused = response->error_code;
      StopReplicaAnswered answered = stop_replica_answer(request, *response);
      answered.controller_epoch = controller_epoch;
      answered.broker = broker;
      if (!answered.deleted.empty()) events_.put(std::move(answered));
    } else {
      unreadable = response.error();
    }
  } else {
    auto response =
        protocol::Codec<protocol::UpdateMetadataResponse>::decode(body, request.version);
    if (response.ok()) refused = response->error_code;
    if (!response.ok()) unreadable = response.error();
  }
  const std::string tag = "[controller " + std::to_string(options_.broker_id) + " epoch " +
                          std::to_string(controller_epoch) + "] ";
  LOG_IF(ERROR, !unreadable.message.empty())
      << tag << "answer of broker " << broker << " to " << request.api.name
      << " cannot be read: " << unreadable.message;
  LOG_IF(WARNING, refused != ErrorCode::kNone)
      << tag << "broker " << broker << " refused " << request.api.name << ": "
      << protocol::error_name(refused);
}

}  // namespace odradek::controller
