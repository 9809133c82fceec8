#include "tests/model/decisions.h"

#include <algorithm>

#include "server/log/leader_epochs.h"
#include "tests/model/values.h"

namespace odradek::model {
namespace {

constexpr std::size_t kOffsets = kMostRecords + 2;  // from -1 on
constexpr std::size_t kSets = 1 << kReplicas;

// The place of a case in a table: what it depends on, one after another.
class Case {
 public:
  Case& of(std::size_t value, std::size_t values) {
    place_ = place_ * values + value;
    return *this;
  }
  Case& offset(Small value) { return of(static_cast<std::size_t>(value + 1), kOffsets); }
  Case& set(Small bits) { return of(static_cast<std::size_t>(bits), kSets); }
  Case& replica(int id) { return of(static_cast<std::size_t>(id), kReplicas); }
  Case& ends(const Broker& broker) {
    for (Small end : broker.ends) offset(end);
    return *this;
  }
  operator std::size_t() const { return place_; }

 private:
  std::size_t place_ = 0;
};

constexpr std::size_t cases(int offsets, int sets, int replicas) {
  std::size_t count = 1;
  for (int i = 0; i < offsets; ++i) count *= kOffsets;
  for (int i = 0; i < sets; ++i) count *= kSets;
  for (int i = 0; i < replicas; ++i) count *= kReplicas;
  return count;
}

log::LeaderEpochs epochs_of(const Log& log) {
  std::vector<log::EpochEntry> entries;
  for (int epoch = 0; epoch < kMostEpochs; ++epoch) {
    if (log.starts[epoch] >= 0) entries.push_back({epoch, log.starts[epoch]});
  }
  return log::LeaderEpochs(std::move(entries));
}

void set_epochs(Log& log, const log::LeaderEpochs& epochs) {
  log.starts.fill(kNobody);
  for (const log::EpochEntry& entry : epochs.entries()) {
    log.starts[entry.epoch] = static_cast<Small>(entry.start_offset);
  }
}

void assign(Log& log, Small epoch, Small offset) {
  // The same again, in an order that is sound: nothing to ask for.
  if (log.starts[epoch] >= 0 && log.starts[epoch] <= offset &&
      std::all_of(log.starts.begin() + epoch + 1, log.starts.end(),
                  [](Small start) { return start < 0; })) {
    return;
  }
  log::LeaderEpochs epochs = epochs_of(log);
  if (epochs.assign({epoch, offset})) set_epochs(log, epochs);
}

}  // namespace

Decisions::Decisions(const Setting& setting)
    : setting_(setting),
      end_epochs_(cases(kMostEpochs + 2, 0, 0)),
      ends_(cases(kMostEpochs + 2, 0, 0)),
      common_offsets_(cases(kReplicas + 1, 2, 1)),
      joins_(cases(3, 2, 1)),
      leaves_(cases(kReplicas + 1, 2, 2)) {}

void Decisions::put(Log& log, Small record, Small epoch) {
  log.records[log.size] = record;
  log.epochs[log.size] = epoch;
  assign(log, epoch, log.size);
  ++log.size;
}

void Decisions::begin_epoch(Log& log, Small epoch) { assign(log, epoch, log.size); }

void Decisions::truncate(Log& log, Small offset) {
  if (offset >= log.size) return;
  for (int i = offset; i < log.size; ++i) log.records[i] = log.epochs[i] = 0;
  log.size = offset;
  log::LeaderEpochs epochs = epochs_of(log);
  if (epochs.truncate_from_end(offset)) set_epochs(log, epochs);
}

Decisions::EpochEnd Decisions::end_of(const Log& log, Small epoch) {
  Case which;
  for (Small start : log.starts) which.offset(start);
  which.offset(epoch).offset(log.size);
  auto ask = [&] {
    log::LeaderEpochs epochs = epochs_of(log);
    if (epoch != kLatest) return epochs.end_offset_for(epoch, log.size);
    return log::EpochEndOffset{epochs.latest_epoch().value_or(kNobody), log.size};
  };
  return {end_epochs_(which, [&] { return static_cast<Small>(ask().epoch); }),
          ends_(which, [&] { return static_cast<Small>(ask().end_offset); })};
}

Small Decisions::common_offset(const Broker& leader, int id) {
  Case which;
  which.ends(leader).offset(leader.log.size).set(leader.isr).set(leader.proposed).replica(id);
  return common_offsets_(which, [&] {
    replica::IsrState isr = isr_of(leader);
    if (!setting_.has(Rule::kMaximalIsr) && isr.proposed) isr = {.committed = *isr.proposed};
    if (!setting_.has(Rule::kWholeIsrHasIt)) isr = {};
    auto is_eligible = [](protocol::BrokerId) { return false; };
    return static_cast<Small>(
        replica::common_offset(isr, followers_of(leader, id), view_of(leader), is_eligible));
  });
}

bool Decisions::may_join(const Broker& leader, int follower, Small end) {
  replica::LeaderView view = view_of(leader);
  if (!setting_.has(Rule::kJoinAtEpochStart)) view.epoch_start = 0;
  if (!setting_.has(Rule::kJoinAtHighWatermark)) view.high_watermark = 0;
  Case which;
  which.offset(end)
      .offset(leader.high_watermark)
      .offset(leader.epoch_start)
      .set(leader.isr)
      .set(leader.proposed)
      .replica(follower);
  return joins_(which, [&] {
    return static_cast<Small>(
        replica::may_join(isr_of(leader), follower, {.end_offset = end}, view));
  });
}

bool Decisions::is_out_of_sync(const Broker& leader, int id, int follower) {
  Case which;
  which.ends(leader)
      .offset(leader.log.size)
      .set(leader.isr)
      .set(leader.proposed)
      .replica(id)
      .replica(follower);
  return leaves_(which, [&] {
    replica::Followers followers = followers_of(leader, id);
    for (auto& [other, state] : followers) {
      if (other != follower) state.last_caught_up_ms = 0;
    }
    return static_cast<Small>(
        !replica::out_of_sync(isr_of(leader), id, followers, view_of(leader)).empty());
  });
}

}  // namespace odradek::model
