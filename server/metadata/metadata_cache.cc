#include "server/metadata/metadata_cache.h"

#include <utility>

#include "protocol/messages/update_metadata.h"

namespace odradek::metadata {
namespace {

using protocol::TopicPartition;
using protocol::UpdateMetadataRequest;

constexpr protocol::BrokerId kLeaderDuringDelete = -2;
constexpr std::int16_t kPlaintext = 0;

// Topics of one update, each copied from the old image the first time it is touched.
class TopicEdits {
 public:
  explicit TopicEdits(MetadataImage& image) : image_(image) {}

  TopicInfo& edit(const std::string& name) {
    auto [found, is_new] = edited_.try_emplace(name);
    if (is_new) {
      auto old = image_.topics.find(name);
      found->second = old == image_.topics.end() ? std::make_shared<TopicInfo>()
                                                 : std::make_shared<TopicInfo>(*old->second);
      found->second->name = name;
    }
    return *found->second;
  }

  void set_id(const std::string& name, const base::Uuid& id) {
    TopicInfo& topic = edit(name);
    if (!topic.id.is_zero()) image_.topic_names.erase(topic.id);
    topic.id = id;
    if (!id.is_zero()) image_.topic_names[id] = name;
  }

  void publish() {
    for (auto& [name, topic] : edited_) {
      if (topic->partitions.empty()) {
        if (!topic->id.is_zero()) image_.topic_names.erase(topic->id);
        image_.topics.erase(name);
      } else {
        image_.topics[name] = std::move(topic);
      }
    }
  }

 private:
  MetadataImage& image_;
  std::unordered_map<std::string, std::shared_ptr<TopicInfo>> edited_;
};

std::map<protocol::BrokerId, BrokerInfo> brokers_of(const UpdateMetadataRequest& request) {
  std::map<protocol::BrokerId, BrokerInfo> brokers;
  for (const auto& broker : request.live_brokers) {
    BrokerInfo info{.id = broker.id, .endpoints = {}, .rack = broker.rack};
    for (const auto& endpoint : broker.endpoints) {
      info.endpoints.push_back({.listener = endpoint.listener,
                                .host = endpoint.host,
                                .port = endpoint.port,
                                .security_protocol = endpoint.security_protocol});
      // Before version 3 an endpoint has no listener name: the security protocol's name stands for
      // it.
      if (info.endpoints.back().listener.empty()) {
        info.endpoints.back().listener =
            endpoint.security_protocol == kPlaintext ? "PLAINTEXT" : "SSL";
      }
    }
    if (broker.endpoints.empty() && !broker.v0_host.empty()) {
      info.endpoints.push_back({.listener = "PLAINTEXT",
                                .host = broker.v0_host,
                                .port = broker.v0_port,
                                .security_protocol = kPlaintext});
    }
    brokers.emplace(broker.id, std::move(info));
  }
  return brokers;
}

class PartitionUpdate {
 public:
  PartitionUpdate(TopicEdits& topics, std::vector<TopicPartition>& removed)
      : topics_(topics), removed_(removed) {}

  void apply(const std::string& name, const auto& state) {
    TopicInfo& topic = topics_.edit(name);
    if (state.leader == kLeaderDuringDelete) {
      topic.partitions.erase(state.partition_index);
      removed_.push_back({name, state.partition_index});
      return;
    }
    topic.partitions[state.partition_index] = {.index = state.partition_index,
                                               .controller_epoch = state.controller_epoch,
                                               .leader = state.leader,
                                               .leader_epoch = state.leader_epoch,
                                               .partition_epoch = state.zk_version,
                                               .isr = state.isr,
                                               .replicas = state.replicas,
                                               .offline_replicas = state.offline_replicas};
  }

 private:
  TopicEdits& topics_;
  std::vector<TopicPartition>& removed_;
};

}  // namespace

MetadataCache::MetadataCache() : image_(std::make_shared<MetadataImage>()) {}

std::shared_ptr<const MetadataImage> MetadataCache::image() const {
  base::MutexLock lock(mutex_);
  return image_;
}

std::vector<TopicPartition> MetadataCache::update(const UpdateMetadataRequest& request) {
  base::MutexLock lock(mutex_);
  auto next = std::make_shared<MetadataImage>(*image_);
  next->controller_id = request.controller_id;
  next->brokers = brokers_of(request);
  std::vector<TopicPartition> removed;
  TopicEdits topics(*next);
  PartitionUpdate partitions(topics, removed);
  for (const auto& topic : request.topic_states) {
    topics.set_id(topic.topic_name, topic.topic_id);
    for (const auto& state : topic.partition_states) partitions.apply(topic.topic_name, state);
  }
  for (const auto& state : request.ungrouped_partition_states) {
    partitions.apply(state.topic_name, state);
  }
  topics.publish();
  image_ = std::move(next);
  return removed;
}

}  // namespace odradek::metadata
