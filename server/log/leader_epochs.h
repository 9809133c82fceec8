// LeaderEpochs: where each leader epoch starts in a log, as values: what truncation is decided by
// (KIP-101, KIP-279).
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "protocol/types.h"

namespace odradek::log {

struct EpochEntry {
  protocol::LeaderEpoch epoch = protocol::kNoLeaderEpoch;
  protocol::Offset start_offset = -1;
  bool operator==(const EpochEntry&) const = default;
};

// The answer to OffsetsForLeaderEpoch: the largest known epoch at most the one asked for, and the
// offset after its last record; (-1, -1) when the epoch is unknown here.
struct EpochEndOffset {
  protocol::LeaderEpoch epoch = protocol::kNoLeaderEpoch;
  protocol::Offset end_offset = -1;
  bool operator==(const EpochEndOffset&) const = default;
};

// Epochs and start offsets both increase. What changes tells whether anything did.
class LeaderEpochs {
 public:
  LeaderEpochs() = default;
  explicit LeaderEpochs(std::vector<EpochEntry> entries) : entries_(std::move(entries)) {}

  // Drops entries that contradict the new one.
  bool assign(const EpochEntry& entry);
  bool truncate_from_end(protocol::Offset end_offset);
  bool truncate_from_start(protocol::Offset start_offset);
  void clear() { entries_.clear(); }

  std::optional<protocol::LeaderEpoch> latest_epoch() const;
  EpochEndOffset end_offset_for(protocol::LeaderEpoch epoch, protocol::Offset log_end_offset) const;
  std::optional<protocol::LeaderEpoch> epoch_for_offset(protocol::Offset offset) const;
  const std::vector<EpochEntry>& entries() const { return entries_; }

 private:
  std::vector<EpochEntry> entries_;
};

}  // namespace odradek::log
