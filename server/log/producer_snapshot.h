// Producer snapshots: the .snapshot files that save reading a whole log for its producers.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "server/log/producer_states.h"
#include "server/log/segment_list.h"
#include "server/log/transaction_index.h"

namespace odradek::log {

// "<directory>/<offset as %020d>.snapshot": version int16 = 1, crc32c uint32 of what follows, int32
// count, then per producer its newest batch; the JVM's layout. Not synced: the checksum tells a
// torn one, and the log replaces it.
std::string producer_snapshot_path(const std::string& directory, protocol::Offset offset);
base::Status write_producer_snapshot(const std::string& path,
                                     const std::vector<ProducerEntry>& entries);
// An error when the file is not what its checksum says.
base::Result<std::vector<ProducerEntry>> read_producer_snapshot(const std::string& path);

// Offsets of the snapshots in a directory, ascending.
base::Result<std::vector<protocol::Offset>> list_producer_snapshots(const std::string& directory);
base::Status remove_producer_snapshots(const std::string& directory, protocol::Offset from,
                                       protocol::Offset before);

// The states at `end_offset`: the newest usable snapshot at or below it, and what the batch headers
// of `segments` say from there on. Removes snapshots above `end_offset` and unusable ones; gives
// the segments' transaction indexes what they lack.
struct ProducerRebuild {
  const std::string& directory;
  const std::vector<protocol::Offset>& snapshots;  // those in the directory, ascending
  const std::vector<SegmentPtr>& segments;
  protocol::Offset log_start_offset = 0;
  protocol::Offset end_offset = 0;
  // Snapshots above this are not to be believed: what they were taken of was read again.
  protocol::Offset trusted_up_to = std::numeric_limits<protocol::Offset>::max();
  bool keeps_snapshots = false;  // all of them, also those that are of no use
};
base::Result<ProducerStates> rebuild_producer_states(const ProducerRebuild& rebuild);
// Takes in what batches say of their producers, markers included, and adds to `index` the aborted
// transactions that it lacks; false when the batches name no producer.
base::Result<bool> replay_producers(ProducerStates& states, base::ByteView bytes,
                                    std::span<const BatchHeader> headers, TransactionIndex& index);

}  // namespace odradek::log
