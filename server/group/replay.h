// Replay: what the records of one partition of __consumer_offsets say, from the first to the last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/record/batch.h"
#include "protocol/record/record.h"
#include "server/group/group_offsets.h"

namespace odradek::group {

struct ReplayedGroup {
  // Nothing where the group only stores offsets.
  std::optional<protocol::GroupMetadataValue> metadata;
  GroupOffsets offsets;
};

// One thread.
class Replay {
 public:
  // Whole batches, in the order of the log. What cannot be read is left out, as if it had never
  // been written, and counted: one damaged record must not take all groups with it.
  void apply(const protocol::BatchView& batch);

  // Records and batches that could not be read, and why the first of them.
  std::int64_t damaged() const { return damaged_; }
  const std::string& first_damage() const { return first_damage_; }
  // The groups that still exist; once.
  std::map<std::string, ReplayedGroup> take();

 private:
  void apply_record(const protocol::BatchView& batch, const protocol::Record& record);
  base::Status apply_offset(const protocol::BatchView& batch, const protocol::Record& record,
                            const protocol::OffsetCommitKey& key);
  base::Status apply_metadata(const protocol::Record& record, const std::string& group);
  base::Status apply_marker(const protocol::BatchView& batch);
  void note_damage(protocol::Offset offset, const base::Error& error);

  std::map<std::string, ReplayedGroup> groups_;
  std::map<std::int64_t, std::set<std::string>> open_;  // by producer id: groups it has offsets in
  std::int64_t damaged_ = 0;
  std::string first_damage_;
};

}  // namespace odradek::group
