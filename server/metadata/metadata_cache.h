// MetadataCache: the cluster as the controller's UpdateMetadata requests describe it; every
// Metadata answer comes from it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "server/metadata/metadata_image.h"

namespace odradek::protocol {
struct UpdateMetadataRequest;
}

namespace odradek::metadata {

// Safe from any thread: readers take a whole image, writers replace it.
class MetadataCache {
 public:
  MetadataCache();

  std::shared_ptr<const MetadataImage> image() const EXCLUDES(mutex_);

  // Live brokers are replaced, partitions are upserts, leader -2 removes the partition
  // (zookeeper.md §2.13). Returns the partitions that were removed.
  std::vector<protocol::TopicPartition> update(const protocol::UpdateMetadataRequest& request)
      EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  std::shared_ptr<const MetadataImage> image_ GUARDED_BY(mutex_);
};

}  // namespace odradek::metadata
