#include "server/metadata/metadata_image.h"

namespace odradek::metadata {

const BrokerEndpoint* BrokerInfo::endpoint(std::string_view listener) const {
  for (const BrokerEndpoint& candidate : endpoints) {
    if (candidate.listener == listener) return &candidate;
  }
  return nullptr;
}

const TopicInfo* MetadataImage::topic(const std::string& name) const {
  auto found = topics.find(name);
  return found == topics.end() ? nullptr : found->second.get();
}

const TopicInfo* MetadataImage::topic(const base::Uuid& id) const {
  auto found = topic_names.find(id);
  return found == topic_names.end() ? nullptr : topic(found->second);
}

const PartitionInfo* MetadataImage::partition(const protocol::TopicPartition& tp) const {
  const TopicInfo* found = topic(tp.topic);
  if (found == nullptr) return nullptr;
  auto partition = found->partitions.find(tp.partition);
  return partition == found->partitions.end() ? nullptr : &partition->second;
}

}  // namespace odradek::metadata
