// MemoryLog: a partition's batches in memory, in the place of a log, that can fail or hold answers.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protocol/record/batch.h"
#include "server/group/group_log.h"
#include "server/group/replay.h"

namespace odradek::group {

class MemoryLog {
 public:
  struct Batch {
    std::int32_t partition = 0;
    std::int16_t acks = 0;
    base::Bytes bytes;
  };

  AppendBatch append() {
    return [this](std::int32_t partition, std::int16_t acks, base::Bytes bytes,
                  WrittenCallback callback) {
      Written written{.error = next_error, .first_offset = next_offset};
      if (written.error == protocol::ErrorCode::kNone) {
        protocol::MutableBatch batch(bytes);
        batch.set_base_offset(next_offset);
        next_offset = batch.next_offset();
        batches.push_back({partition, acks, std::move(bytes)});
      } else {
        written.first_offset = -1;
      }
      if (holds_answers) {
        held.emplace_back(std::move(callback), written);
      } else {
        callback(written);
      }
    };
  }
  void answer_held() {
    for (auto& [callback, written] : std::exchange(held, {})) callback(written);
  }

  Replay replay() const {
    Replay replay;
    for (const Batch& batch : batches) replay.apply(protocol::BatchView(batch.bytes));
    EXPECT_EQ(replay.damaged(), 0) << replay.first_damage();
    return replay;
  }
  // Every value that was written for the group, tombstones left out.
  std::vector<protocol::GroupMetadataValue> groups(const std::string& id) const {
    std::vector<protocol::GroupMetadataValue> values;
    for (const Batch& batch : batches) {
      Replay replay;
      replay.apply(protocol::BatchView(batch.bytes));
      auto groups = replay.take();
      auto found = groups.find(id);
      if (found != groups.end() && found->second.metadata) {
        values.push_back(*found->second.metadata);
      }
    }
    return values;
  }

  protocol::ErrorCode next_error = protocol::ErrorCode::kNone;
  protocol::Offset next_offset = 0;
  bool holds_answers = false;
  std::vector<Batch> batches;
  std::vector<std::pair<WrittenCallback, Written>> held;
};

}  // namespace odradek::group
