// EpochCache: the LeaderEpochs of one log, kept in its leader-epoch-checkpoint file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "protocol/types.h"
#include "server/log/leader_epochs.h"

namespace odradek::log {

// Epochs and start offsets both increase. Safe from any thread.
class EpochCache {
 public:
  explicit EpochCache(std::string path) : path_(std::move(path)) { path_.shrink_to_fit(); }

  // Reads the file; a missing one is an empty cache, a broken one is an error.
  base::Status load();

  // Records that `epoch` starts at `start_offset`, dropping entries that contradict it. Writes the
  // file only when something changed.
  base::Status assign(protocol::LeaderEpoch epoch, protocol::Offset start_offset);
  // As assign(), for who writes the file once at the end.
  void assign_unwritten(protocol::LeaderEpoch epoch, protocol::Offset start_offset);
  base::Status truncate_from_end(protocol::Offset end_offset);
  // Leaves the file as it is until the next record's epoch is assigned: a load of the same log
  // would drop the same, and a new file for each of thousands of empty logs takes long.
  void truncate_unwritten(protocol::Offset end_offset);
  base::Status truncate_from_start(protocol::Offset start_offset);
  base::Status clear();
  base::Status write();
  void moved(std::string path);

  std::optional<protocol::LeaderEpoch> latest_epoch() const;
  std::optional<EpochEntry> earliest_entry() const;
  EpochEndOffset end_offset_for(protocol::LeaderEpoch epoch, protocol::Offset log_end_offset) const;
  std::optional<protocol::LeaderEpoch> epoch_for_offset(protocol::Offset offset) const;
  std::vector<EpochEntry> entries() const;

 private:
  base::Status write_locked() REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::string path_ GUARDED_BY(mutex_);
  // The file has entries that were dropped: it is written with the next entry, and not before, as
  // new files for thousands of empty logs take long.
  bool unwritten_ GUARDED_BY(mutex_) = false;
  bool has_failed_ GUARDED_BY(mutex_) = false;  // the last write: any change is to write again
  LeaderEpochs epochs_ GUARDED_BY(mutex_);
};

}  // namespace odradek::log
