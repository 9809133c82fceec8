// ZooKeeperIsr: writes in-sync replicas into ZooKeeper, as leaders do below
// inter.broker.protocol.version 2.7-IV2, and notes for the controller that they changed
// (zookeeper.md §2.5b).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/replica/isr_updater.h"
#include "zk/store/partitions.h"

namespace odradek::replica {

class ZooKeeperIsr : public IsrWriter {
 public:
  static constexpr std::int64_t kCheckMs = 2'500;

  ZooKeeperIsr(zk::Session& session, BrokerId broker, const base::Clock& clock)
      : session_(session), partitions_(session), broker_(broker), clock_(clock) {}

  base::Result<std::vector<std::optional<IsrAnswer>>> write(
      const std::vector<IsrProposal>& proposals) override EXCLUDES(mutex_);
  void close() override {}  // the session's end is that of its calls

  // Tells the controller of the changes once there are no more for a while; call it every kCheckMs.
  void notify() EXCLUDES(mutex_);

 private:
  static constexpr std::int64_t kQuietMs = 5'000;
  static constexpr std::int64_t kLongestMs = 60'000;

  zk::Session& session_;
  zk::Partitions partitions_;
  const BrokerId broker_;
  const base::Clock& clock_;
  base::Mutex mutex_;
  std::set<TopicPartition> changed_ GUARDED_BY(mutex_);
  std::int64_t last_change_ms_ GUARDED_BY(mutex_) = 0;
  std::int64_t last_notice_ms_ GUARDED_BY(mutex_) = 0;
};

}  // namespace odradek::replica
