#include "server/controller/controlled_shutdown.h"

#include <string>
#include <vector>

#include "base/log.h"

namespace odradek::controller {

ControlledShutdownAnswer ControlledShutdown::on_request(const ControlledShutdownRequest& request) {
  const BrokerId broker = request.broker_id;
  std::optional<std::int64_t> epoch = context_.broker_epoch(broker);
  if (!epoch) {
    return base::Error(ErrorCode::kBrokerNotAvailable,
                       "broker " + std::to_string(broker) + " is not registered");
  }
  if (request.broker_epoch != kUnknownBrokerEpoch && request.broker_epoch < *epoch) {
    return base::Error(ErrorCode::kStaleBrokerEpoch, "broker " + std::to_string(broker) +
                                                         " has registered anew since epoch " +
                                                         std::to_string(request.broker_epoch));
  }
  LOG(INFO) << context_.tag() << "broker " << broker << ": shutting down, its leaders move away";
  context_.shutting_down().insert(broker);
  move_away(broker);
  if (!store_.ok()) return base::Error(ErrorCode::kNotController, store_.failure()->message);
  std::vector<TopicPartition> remaining =
      context_.partitions_if([&](const TopicPartition& id, const Partition& partition) {
        return partition.leadership && partition.leadership->leader == broker &&
               partition.assignment.replicas.size() > 1 &&
               !context_.is_queued_for_deletion(id.topic);
      });
  LOG(INFO) << context_.tag() << "broker " << broker << ": leads " << remaining.size()
            << " replicated partitions that nobody else can lead now";
  return remaining;
}

void ControlledShutdown::move_away(BrokerId broker) {
  std::vector<TopicPartition> led;
  std::vector<PartitionReplica> followed;
  for (const TopicPartition& id : context_.partitions_on(broker)) {
    const Partition& partition = *context_.partition(id);
    if (partition.assignment.replicas.size() < 2 || !partition.leadership ||
        context_.is_queued_for_deletion(id.topic)) {
      continue;
    }
    if (partition.leadership->leader == broker) {
      led.push_back(id);
    } else {
      followed.push_back({id, broker});
    }
  }
  for (const auto& [id, result] : partitions_.to_online(led, Strategy::kControlledShutdown)) {
    LOG_IF(WARNING, !result.ok()) << context_.tag() << result.error().message;
  }
  if (!store_.ok()) return;
  // The broker stops fetching before the leaders hear that it left the in-sync sets.
  batch_.begin();
  for (const PartitionReplica& replica : followed) {
    batch_.add_stop_replica(broker, replica.partition, false);
  }
  batch_.send();
  replicas_.move(followed, ReplicaState::kOffline);
}

}  // namespace odradek::controller
