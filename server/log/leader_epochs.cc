#include "server/log/leader_epochs.h"

#include <algorithm>

namespace odradek::log {

bool LeaderEpochs::assign(const EpochEntry& entry) {
  if (!entries_.empty()) {
    const EpochEntry& latest = entries_.back();
    if (entry == latest) return false;
    if (entry.epoch == latest.epoch && entry.start_offset >= latest.start_offset) return false;
  }
  std::erase_if(entries_, [&](const EpochEntry& old) {
    return old.epoch >= entry.epoch || old.start_offset >= entry.start_offset;
  });
  entries_.push_back(entry);
  return true;
}

bool LeaderEpochs::truncate_from_end(protocol::Offset end_offset) {
  return std::erase_if(entries_, [&](const EpochEntry& entry) {
           return entry.start_offset >= end_offset;
         }) > 0;
}

bool LeaderEpochs::truncate_from_start(protocol::Offset start_offset) {
  auto first_kept = std::find_if(entries_.rbegin(), entries_.rend(), [&](const EpochEntry& entry) {
    return entry.start_offset <= start_offset;
  });
  if (first_kept == entries_.rend()) return false;
  auto first = std::prev(first_kept.base());
  if (first == entries_.begin() && first->start_offset == start_offset) return false;
  entries_.erase(entries_.begin(), first);
  entries_.front().start_offset = std::max(entries_.front().start_offset, start_offset);
  return true;
}

std::optional<protocol::LeaderEpoch> LeaderEpochs::latest_epoch() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back().epoch;
}

EpochEndOffset LeaderEpochs::end_offset_for(protocol::LeaderEpoch epoch,
                                            protocol::Offset log_end_offset) const {
  if (epoch < 0 || entries_.empty() || epoch > entries_.back().epoch) return {};
  if (epoch == entries_.back().epoch) return {epoch, log_end_offset};
  auto higher = std::find_if(entries_.begin(), entries_.end(),
                             [&](const EpochEntry& entry) { return entry.epoch > epoch; });
  // Below the first one there is nothing left of that epoch: its end is where the log begins.
  if (higher == entries_.begin()) return {epoch, higher->start_offset};
  return {std::prev(higher)->epoch, higher->start_offset};
}

std::optional<protocol::LeaderEpoch> LeaderEpochs::epoch_for_offset(protocol::Offset offset) const {
  auto entry = std::find_if(entries_.rbegin(), entries_.rend(),
                            [&](const EpochEntry& e) { return e.start_offset <= offset; });
  if (entry == entries_.rend()) return std::nullopt;
  return entry->epoch;
}

}  // namespace odradek::log
