// PartitionWaits: the requests that wait until something happens to a partition, by what they want.
#pragma once

#include "protocol/types.h"
#include "server/purgatory/purgatory.h"
#include "server/purgatory/timer.h"

namespace odradek::replica {

using PartitionPurgatory = purgatory::Purgatory<protocol::TopicPartition>;

struct PartitionWaits {
  explicit PartitionWaits(purgatory::Timer& timer)
      : produce("Produce", timer), fetch("Fetch", timer), delete_records("DeleteRecords", timer) {}

  // Something changed that any of them may wait for. Call it without locks.
  void check(const protocol::TopicPartition& partition) {
    produce.check_and_complete(partition);
    fetch.check_and_complete(partition);
    delete_records.check_and_complete(partition);
  }

  PartitionPurgatory produce;
  PartitionPurgatory fetch;
  PartitionPurgatory delete_records;
};

}  // namespace odradek::replica
