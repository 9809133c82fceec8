// DelayedFetch: a fetch that waits until its partitions together have min_bytes, or something
// changed about one of them.
#pragma once

#include <vector>

#include "server/purgatory/delayed_operation.h"
#include "server/replica/read.h"

namespace odradek::replica {

class DelayedFetch : public purgatory::DelayedOperation {
 public:
  DelayedFetch(ReadRequest request, std::vector<log::OffsetMetadata> positions, Reads& reads,
               ReplicaSet& replicas, ReadCallback callback);

 protected:
  bool try_complete() override;
  void on_complete() override;
  void on_expiration() override {}

 private:
  // Bytes that a read of this entry would find; nothing when the entry must be answered at once.
  std::optional<std::int64_t> available_bytes(std::size_t index) const;

  const ReadRequest request_;
  const std::vector<log::OffsetMetadata> positions_;
  Reads& reads_;
  ReplicaSet& replicas_;
  ReadCallback callback_;
};

}  // namespace odradek::replica
