#include "server/replica/leadership.h"

#include "base/log.h"

namespace odradek::replica {
namespace {

template <class State>
PartitionState state_of(const State& wanted) {
  return {.controller_epoch = wanted.controller_epoch,
          .leader = wanted.leader,
          .leader_epoch = wanted.leader_epoch,
          .isr = wanted.isr,
          .replicas = wanted.replicas,
          .partition_epoch = wanted.partition_epoch};
}

}  // namespace

Leadership::Leadership(ReplicaSet& replicas, log::LogManager& logs, HighWatermarks& high_watermarks,
                       PartitionWaits& waits, Settings settings)
    : replicas_(replicas),
      logs_(logs),
      high_watermarks_(high_watermarks),
      waits_(waits),
      settings_(std::move(settings)) {}

ErrorCode Leadership::accept_controller(std::int32_t controller_epoch) {
  base::MutexLock lock(mutex_);
  if (is_deposed(controller_epoch, controller_epoch_)) return ErrorCode::kStaleControllerEpoch;
  controller_epoch_ = controller_epoch;
  return ErrorCode::kNone;
}

Leadership::SettingsByTopic Leadership::settings_for(
    const protocol::LeaderAndIsrRequest& request) const {
  std::set<std::string> topics;
  auto note = [&](const std::string& topic, std::int32_t index) {
    PartitionPtr known = replicas_.find({topic, index});
    if (known == nullptr || known->log() == nullptr) topics.insert(topic);
  };
  for (const auto& topic : request.topic_states) {
    for (const auto& state : topic.partition_states) note(topic.topic_name, state.partition_index);
  }
  for (const auto& state : request.ungrouped_partition_states) {
    note(state.topic_name, state.partition_index);
  }
  if (topics.empty()) return {};
  return settings_({topics.begin(), topics.end()});
}

base::Result<log::LogPtr> Leadership::open_log(Partition& target, const base::Uuid& topic_id,
                                               bool is_new, const TopicSettings& settings) {
  const TopicPartition& partition = target.name();
  log::LogPtr log = logs_.find(partition);
  if (log != nullptr && !log->dir().online()) {
    return base::Error(ErrorCode::kKafkaStorageError,
                       "log directory " + log->dir().path() + " is offline");
  }
  bool has_offline_dir = logs_.offline_dir_count() > 0;
  if (log == nullptr && !is_new && has_offline_dir) {
    return base::Error(ErrorCode::kKafkaStorageError,
                       "partition " + partition.to_string() +
                           " may be in a log directory that is offline; not made anew elsewhere");
  }
  if (log == nullptr) {
    auto made = logs_.get_or_create(partition, settings.log,
                                    topic_id.is_zero() ? std::nullopt : std::optional(topic_id));
    if (!made) return made.error();
    log = *made;
  } else {
    log->set_options(settings.log);
    if (!topic_id.is_zero()) {
      base::Status assigned = log->assign_topic_id(topic_id);
      if (!assigned) return assigned.error();
    }
  }
  Offset checkpointed = high_watermarks_.take(partition);
  // One of the same name may have been deleted since.
  if (!is_new) target.require_end(checkpointed);
  if (checkpointed > log->high_watermark()) log->set_high_watermark(checkpointed);
  return log;
}

ErrorCode Leadership::apply_one(const TopicPartition& partition, const base::Uuid& topic_id,
                                const protocol::LeaderAndIsrRequest::PartitionState& wanted,
                                const SettingsByTopic& settings, LeadershipChanges& changes) {
  if (!contains(wanted.replicas, replicas_.local_broker()))
    return ErrorCode::kUnknownTopicOrPartition;
  PartitionPtr target = replicas_.find_or_create(partition);
  if (target->is_offline()) return ErrorCode::kKafkaStorageError;
  log::LogPtr log = target->log();
  if (log != nullptr) {
    std::optional<base::Uuid> known = log->topic_id();
    if (known && !topic_id.is_zero() && *known != topic_id) {
      LOG(ERROR) << "partition " << partition.to_string() << ": the controller sent topic id "
                 << topic_id.to_string() << ", the log on disk belongs to " << known->to_string();
      return ErrorCode::kInconsistentTopicId;
    }
    if (!log->dir().online()) return ErrorCode::kKafkaStorageError;
    if (wanted.leader_epoch == target->leader_epoch() && !known && !topic_id.is_zero()) {
      base::Status assigned = log->assign_topic_id(topic_id);
      return assigned ? ErrorCode::kNone : protocol::code_of(assigned.error());
    }
  }
  if (!is_newer(wanted.leader_epoch, target->leader_epoch()))
    return ErrorCode::kStaleControllerEpoch;
  if (log == nullptr) {
    auto own = settings.find(partition.topic);
    TopicSettings topic_settings = own == settings.end() ? TopicSettings() : own->second;
    target->set_topic_settings(topic_settings);
    auto opened = open_log(*target, topic_id, wanted.is_new, topic_settings);
    if (!opened) {
      LOG(ERROR) << "partition " << partition.to_string()
                 << " cannot be opened: " << opened.error().message;
      ErrorCode error = protocol::code_of(opened.error());
      if (error == ErrorCode::kKafkaStorageError) target->fail();
      return error;
    }
    log = *opened;
  }
  return take_role(target, state_of(wanted), log, changes);
}

ErrorCode Leadership::take_role(const PartitionPtr& target, const PartitionState& state,
                                const log::LogPtr& log, LeadershipChanges& changes) {
  RoleChange change{target->name(), state.leader_epoch};
  if (state.leader == replicas_.local_broker()) {
    base::Status led = target->lead(state, log);
    if (!led) {
      LOG(ERROR) << led.error().message;
      if (target->refuses_to_lead()) refused_.insert(target->name());
      return protocol::code_of(led.error());
    }
    refused_.erase(target->name());
    changes.led.push_back(std::move(change));
  } else if (replicas_.is_alive(state.leader)) {
    target->follow(state, log);
    refused_.erase(target->name());
    changes.followed.push_back(std::move(change));
  } else {
    // As upstream: the epoch is not taken over, so that the controller can say it again.
    LOG_IF(WARNING, state.leader >= 0)
        << "partition " << target->name().to_string() << " is to follow broker " << state.leader
        << " in leader epoch " << state.leader_epoch
        << ", which is not known to be alive; it follows nobody yet";
    target->open(log);
  }
  return ErrorCode::kNone;
}

protocol::LeaderAndIsrResponse Leadership::apply(const protocol::LeaderAndIsrRequest& request,
                                                 LeadershipChanges& changes) {
  protocol::LeaderAndIsrResponse response;
  SettingsByTopic settings = settings_for(request);  // before the lock: it may wait for ZooKeeper
  {
    base::MutexLock lock(mutex_);
    for (const auto& topic : request.topic_states) {
      auto& answer = response.topics.emplace_back();
      answer.topic_id = topic.topic_id;
      for (const auto& wanted : topic.partition_states) {
        ErrorCode error = apply_one({topic.topic_name, wanted.partition_index}, topic.topic_id,
                                    wanted, settings, changes);
        answer.partition_errors.push_back({topic.topic_name, wanted.partition_index, error});
        response.partition_errors.push_back(answer.partition_errors.back());
      }
    }
    for (const auto& wanted : request.ungrouped_partition_states) {
      ErrorCode error = apply_one({wanted.topic_name, wanted.partition_index}, base::Uuid{}, wanted,
                                  settings, changes);
      response.partition_errors.push_back({wanted.topic_name, wanted.partition_index, error});
    }
  }
  replicas_.stops().told(request.broker_epoch);
  for (const RoleChange& change : changes.led) {
    waits_.check(change.partition);
    PartitionPtr led = replicas_.find(change.partition);
    if (led == nullptr) continue;
    led->flush_when_alone([this, name = change.partition] { waits_.check(name); });
  }
  for (const RoleChange& change : changes.followed) waits_.check(change.partition);
  if (!changes.led.empty() || !changes.followed.empty()) {
    LOG(INFO) << "[controller " << request.controller_id << " epoch " << request.controller_epoch
              << "] made this broker leader of " << changes.led.size() << " and follower of "
              << changes.followed.size() << " partitions";
  }
  return response;
}

ErrorCode Leadership::stop_one(const TopicPartition& partition, LeaderEpoch leader_epoch,
                               bool remove) {
  PartitionPtr target = replicas_.find(partition);
  if (target != nullptr) {
    if (target->is_offline()) return ErrorCode::kKafkaStorageError;
    if (leader_epoch >= 0 && leader_epoch < target->leader_epoch()) {
      return ErrorCode::kFencedLeaderEpoch;
    }
    remove ? target->remove() : target->resign();
    if (remove) replicas_.remove(partition);
  }
  if (!remove || logs_.find(partition) == nullptr) return ErrorCode::kNone;
  base::Status deleted = logs_.async_delete(partition);
  if (deleted) return ErrorCode::kNone;
  LOG(ERROR) << "partition " << partition.to_string()
             << " cannot be deleted: " << deleted.error().message;
  return protocol::code_of(deleted.error());
}

protocol::StopReplicaResponse Leadership::stop(const protocol::StopReplicaRequest& request,
                                               std::vector<TopicPartition>& stopped) {
  protocol::StopReplicaResponse response;
  auto stop = [&](const std::string& topic, std::int32_t index, LeaderEpoch epoch, bool remove)
                  REQUIRES(mutex_) {
                    TopicPartition partition{topic, index};
                    ErrorCode error = stop_one(partition, epoch, remove);
                    response.partition_errors.push_back({topic, index, error});
                    if (error == ErrorCode::kNone) stopped.push_back(std::move(partition));
                  };
  {
    base::MutexLock lock(mutex_);
    for (const auto& topic : request.topic_states) {
      for (const auto& state : topic.partition_states) {
        stop(topic.topic_name, state.partition_index, state.leader_epoch, state.delete_partition);
      }
    }
    for (const auto& topic : request.topics) {
      for (std::int32_t index : topic.partition_indexes) {
        stop(topic.name, index, protocol::kNoLeaderEpoch, request.delete_partitions);
      }
    }
    for (const auto& one : request.ungrouped_partitions) {
      stop(one.topic_name, one.partition_index, protocol::kNoLeaderEpoch,
           request.delete_partitions);
    }
  }
  for (const TopicPartition& partition : stopped) waits_.check(partition);
  return response;
}

void Leadership::reconsider_refusals() {
  {
    base::MutexLock lock(mutex_);
    auto over = std::erase_if(refused_, [this](const TopicPartition& partition) {
      PartitionPtr target = replicas_.find(partition);
      return target == nullptr || !target->refuses_to_lead() ||
             replicas_.is_led_elsewhere(partition);
    });
    if (over == 0) return;
  }
  ask_again_();
}

std::vector<TopicPartition> Leadership::log_dir_failed(const log::LogDir& dir) {
  std::vector<TopicPartition> lost;
  {
    base::MutexLock lock(mutex_);
    lost = logs_.drop_offline_logs(dir);
    for (const TopicPartition& partition : lost) {
      if (PartitionPtr target = replicas_.find(partition)) target->fail();
    }
  }
  for (const TopicPartition& partition : lost) waits_.check(partition);
  return lost;
}

}  // namespace odradek::replica
