// Decisions: what the broker's own functions decide for a Cluster; each case is asked once and
// remembered, as there are few cases and many states.
#pragma once

#include <cstddef>
#include <vector>

#include "tests/model/cluster.h"

namespace odradek::model {

// Belongs to one thread.
class Decisions {
 public:
  explicit Decisions(const Setting& setting);

  struct EpochEnd {
    Small epoch = kNobody;
    Small end = kNobody;
  };

  // --- log/leader_epochs.h ---
  void put(Log& log, Small record, Small epoch);
  void begin_epoch(Log& log, Small epoch);
  void truncate(Log& log, Small offset);
  EpochEnd end_of(const Log& log, Small epoch);
  Small latest_epoch(const Log& log) { return end_of(log, kLatest).epoch; }

  // --- replica/isr.h ---
  // How far `leader`, which is number `id`, may commit.
  Small common_offset(const Broker& leader, int id);
  // A follower that has everything below `end`.
  bool may_join(const Broker& leader, int follower, Small end);
  bool is_out_of_sync(const Broker& leader, int id, int follower);

 private:
  static constexpr Small kLatest = kMostEpochs;
  static_assert(kMostEpochs <= kMostRecords,
                "an epoch has a place in the tables where an offset has");

  // A table of answers that are found out when they are asked for.
  class Answers {
   public:
    explicit Answers(std::size_t cases) : values_(cases, kUnknown) {}
    template <class Ask>
    Small operator()(std::size_t which, Ask ask) {
      Small& value = values_[which];
      if (value == kUnknown) value = ask();
      return value;
    }

   private:
    static constexpr Small kUnknown = -128;
    std::vector<Small> values_;
  };

  const Setting setting_;
  Answers end_epochs_;
  Answers ends_;
  Answers common_offsets_;
  Answers joins_;
  Answers leaves_;
};

}  // namespace odradek::model
