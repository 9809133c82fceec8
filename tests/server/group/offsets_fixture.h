// Offsets and groups on a log in memory, with or without a ZooKeeper beside it, in time that is
// turned by hand.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/group/committed_offsets.h"
#include "server/group/coordinator.h"
#include "server/group/group_removal.h"
#include "tests/server/group/memory_log.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/zookeeper_server.h"

namespace odradek::group {

class OffsetsFixture : public ::testing::Test {
 protected:
  static constexpr std::int64_t kRetentionMs = 1'000'000;

  OffsetsFixture(OffsetStorage storage, const std::string& zookeeper)
      : session({.connect = zookeeper}, base::Clock::system()),
        is_connected(storage != OffsetStorage::kKafka),
        mirror(storage, table, store, scheduler, [this] { return is_connected.load(); }),
        offsets({.storage = storage, .metadata_max_length = 8}, table, log, store, mirror, clock),
        removal({.storage = storage, .retention_ms = kRetentionMs}, table, log, store, mirror,
                clock) {
    table.set_partition_count(1);
    EXPECT_TRUE(table.start_loading(0, 0));
    EXPECT_TRUE(table.finish_loading(0, 0, {}));
  }

  OffsetToCommit offset(std::int32_t partition, protocol::Offset value,
                        std::string metadata = "") const {
    return {{"t", partition},
            {.offset = value,
             .leader_epoch = 1,
             .metadata = std::move(metadata),
             .commit_time_ms = clock.wall_ms()}};
  }
  // Waits for the answer, wherever it comes from.
  std::vector<ErrorCode> commit(std::vector<OffsetToCommit> what, MemberIdentity who = {}) {
    who.group_id = "g";
    auto answer = std::make_shared<std::promise<std::vector<ErrorCode>>>();
    offsets.commit(who, std::move(what), [answer](std::vector<ErrorCode> errors) {
      answer->set_value(std::move(errors));
    });
    return answer->get_future().get();
  }
  FetchedOffset fetch(std::int32_t partition, bool require_stable = false) {
    auto found = offsets.fetch("g", {{"t", partition}}, require_stable);
    EXPECT_TRUE(found.ok());
    return found->front().second;
  }
  ErrorCode remove_group() {
    std::promise<ErrorCode> answer;
    removal.remove_group("g", [&](ErrorCode error) { answer.set_value(error); });
    return answer.get_future().get();
  }
  std::pair<ErrorCode, std::vector<ErrorCode>> remove_offsets(
      std::vector<protocol::TopicPartition> partitions) {
    std::promise<std::pair<ErrorCode, std::vector<ErrorCode>>> answer;
    removal.remove_offsets("g", std::move(partitions),
                           [&](ErrorCode error, std::vector<ErrorCode> errors) {
                             answer.set_value({error, std::move(errors)});
                           });
    return answer.get_future().get();
  }
  // What the next coordinator would find.
  std::map<std::string, ReplayedGroup> in_log() const { return memory.replay().take(); }

  base::ManualClock clock;
  testing::ManualScheduler scheduler{clock};
  zk::Session session;
  zk::ConsumerOffsets nodes{session};
  MemoryLog memory;
  GroupTable table;
  GroupLog log{GroupLogOptions{}, clock, memory.append()};
  // Nothing here waits for long enough to be late.
  OffsetStore store{nodes, 60'000, clock, [](std::int64_t, const std::function<void()>&) {}};
  std::atomic<bool> is_connected;
  OffsetMirror mirror;
  CommittedOffsets offsets;
  GroupRemoval removal;
};

}  // namespace odradek::group
