// EpochCache: where each leader epoch starts in one log, kept in its leader-epoch-checkpoint file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
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

// Epochs and start offsets both increase. Safe from any thread.
class EpochCache {
 public:
  explicit EpochCache(std::string path) : path_(std::move(path)) {}

  // Reads the file; a missing one is an empty cache, a broken one is an error.
  base::Status load();

  // Records that `epoch` starts at `start_offset`, dropping entries that contradict it. Writes the
  // file only when something changed.
  base::Status assign(protocol::LeaderEpoch epoch, protocol::Offset start_offset);
  // As assign(), for who writes the file once at the end.
  void assign_unwritten(protocol::LeaderEpoch epoch, protocol::Offset start_offset);
  base::Status truncate_from_end(protocol::Offset end_offset);
  base::Status truncate_from_start(protocol::Offset start_offset);
  base::Status clear();
  base::Status write() const;
  void moved(std::string path);

  std::optional<protocol::LeaderEpoch> latest_epoch() const;
  std::optional<EpochEntry> earliest_entry() const;
  EpochEndOffset end_offset_for(protocol::LeaderEpoch epoch, protocol::Offset log_end_offset) const;
  std::optional<protocol::LeaderEpoch> epoch_for_offset(protocol::Offset offset) const;
  std::vector<EpochEntry> entries() const;

 private:
  // False when the entry says nothing new.
  bool insert(const EpochEntry& entry) REQUIRES(mutex_);
  base::Status write_locked() const REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::string path_ GUARDED_BY(mutex_);
  std::vector<EpochEntry> entries_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
