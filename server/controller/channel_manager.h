// ChannelManager: a sender for every live broker, this one included; answers become events.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "server/client/connection_factory.h"
#include "server/controller/control_request.h"
#include "server/controller/event_queue.h"
#include "server/controller/options.h"
#include "server/controller/request_sender.h"
#include "zk/store/brokers.h"

namespace odradek::controller {

// Belongs to the controller's event thread.
class ChannelManager : public RequestSink {
 public:
  ChannelManager(const ControllerOptions& options, client::ConnectionFactory& connections,
                 EventQueue& events)
      : options_(options), connections_(connections), events_(events) {}
  ~ChannelManager() override;

  // `controller_epoch` marks the answers.
  void start(std::int32_t controller_epoch, const std::vector<zk::RegisteredBroker>& brokers);
  // Nothing is sent after this; returns at once.
  void stop();
  // A broker without the listener that requests go to gets no channel, and a log line.
  void add(const zk::RegisteredBroker& broker);
  void remove(BrokerId broker);
  bool has(BrokerId broker) const { return senders_.contains(broker); }

  // Dropped, with a log line, when the broker has no channel.
  void send(BrokerId broker, ControlRequest request) override;

 private:
  void on_answer(BrokerId broker, std::int32_t controller_epoch, const ControlRequest& request,
                 base::MutableBytes body);

  const ControllerOptions& options_;
  client::ConnectionFactory& connections_;
  EventQueue& events_;
  std::int32_t controller_epoch_ = 0;
  void retire(std::unique_ptr<RequestSender> sender);

  std::map<BrokerId, std::unique_ptr<RequestSender>> senders_;
  // Stopped, but perhaps still in a connection attempt, for which the event thread does not wait.
  std::vector<std::unique_ptr<RequestSender>> retired_;
};

}  // namespace odradek::controller
