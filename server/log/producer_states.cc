#include "server/log/producer_states.h"

#include <algorithm>
#include <utility>

#include "protocol/errors.h"
#include "protocol/record/batch.h"

namespace odradek::log {

namespace {

std::string describe(const BatchHeader& header) {
  return "producer " + std::to_string(header.producer_id) + ", epoch " +
         std::to_string(header.producer_epoch);
}

base::Error out_of_order(const BatchHeader& header, std::int32_t last_sequence) {
  return base::Error(protocol::ErrorCode::kOutOfOrderSequenceNumber,
                     describe(header) + ": sequence " + std::to_string(header.base_sequence) +
                         " came after " + std::to_string(last_sequence));
}

}  // namespace

std::int32_t ProducerBatch::first_sequence() const {
  if (last_sequence < 0) return -1;
  return protocol::decrement_sequence(last_sequence, offset_delta);
}

base::Result<std::optional<ProducerBatch>> ProducerStates::check(const BatchHeader& header) const {
  std::optional<ProducerBatch> append;
  const ProducerEntry* entry = find(header.producer_id);
  if (entry == nullptr) return append;
  if (header.producer_epoch < entry->producer_epoch) {
    return base::Error(
        protocol::ErrorCode::kInvalidProducerEpoch,
        describe(header) + ": the epoch is now " + std::to_string(entry->producer_epoch));
  }
  if (header.control()) return append;
  if (header.producer_epoch > entry->producer_epoch) {
    if (header.base_sequence != 0 && entry->producer_epoch >= 0) {
      return out_of_order(header, entry->last_sequence());
    }
    return append;
  }
  for (const ProducerBatch& batch : entry->batches) {
    if (batch.first_sequence() == header.base_sequence &&
        batch.last_sequence == header.last_sequence()) {
      return std::optional<ProducerBatch>(batch);
    }
  }
  std::int32_t last = entry->last_sequence();
  std::int32_t expected = last < 0 ? 0 : protocol::increment_sequence(last, 1);
  if (header.base_sequence != expected) return out_of_order(header, last);
  if (!header.transactional() && entry->transaction_first_offset) {
    return base::Error(protocol::ErrorCode::kInvalidTxnState,
                       describe(header) + " has an open transaction since offset " +
                           std::to_string(*entry->transaction_first_offset));
  }
  return append;
}

void ProducerStates::update(const BatchHeader& header) {
  if (!header.has_producer_id() || header.control()) return;
  ProducerEntry& entry = entries_[header.producer_id];
  entry.producer_id = header.producer_id;
  if (entry.producer_epoch != header.producer_epoch) {
    entry.producer_epoch = header.producer_epoch;
    entry.batches.clear();
  }
  entry.last_timestamp_ms = header.max_timestamp_ms;
  entry.batches.push_back({header.last_sequence(), header.last_offset,
                           static_cast<std::int32_t>(header.last_offset - header.base_offset),
                           header.max_timestamp_ms});
  if (entry.batches.size() > ProducerEntry::kBatchesKept) entry.batches.pop_front();
  if (header.transactional() && !entry.transaction_first_offset) {
    entry.transaction_first_offset = header.base_offset;
    open_transactions_.insert(header.base_offset);
  }
}

std::optional<CompletedTransaction> ProducerStates::complete(const BatchHeader& marker,
                                                             bool aborted,
                                                             std::int32_t coordinator_epoch) {
  ProducerEntry& entry = entries_[marker.producer_id];
  entry.producer_id = marker.producer_id;
  if (entry.producer_epoch != marker.producer_epoch) {
    entry.producer_epoch = marker.producer_epoch;
    entry.batches.clear();
  }
  entry.coordinator_epoch = std::max(entry.coordinator_epoch, coordinator_epoch);
  entry.last_timestamp_ms = marker.max_timestamp_ms;
  if (!entry.transaction_first_offset) return std::nullopt;
  CompletedTransaction done{marker.producer_id, *entry.transaction_first_offset, marker.last_offset,
                            aborted};
  entry.transaction_first_offset.reset();
  open_transactions_.erase(done.first_offset);
  done.last_stable_offset =
      open_transactions_.empty() ? done.last_offset + 1 : *open_transactions_.begin();
  unreplicated_.push_back(done);
  return done;
}

std::optional<protocol::Offset> ProducerStates::first_unstable_offset() const {
  std::optional<protocol::Offset> first;
  if (!open_transactions_.empty()) first = *open_transactions_.begin();
  for (const CompletedTransaction& done : unreplicated_) {
    first = std::min(first.value_or(done.first_offset), done.first_offset);
  }
  return first;
}

void ProducerStates::on_high_watermark(protocol::Offset high_watermark) {
  std::erase_if(unreplicated_, [&](const CompletedTransaction& done) {
    return done.last_offset < high_watermark;
  });
}

void ProducerStates::remove_expired(std::int64_t now_ms, std::int64_t expiration_ms) {
  // Compared so that the times that clients made up cannot overflow.
  std::int64_t oldest_kept_ms = now_ms - expiration_ms;
  std::erase_if(entries_, [&](const auto& item) {
    const ProducerEntry& entry = item.second;
    return !entry.transaction_first_offset && entry.last_timestamp_ms <= oldest_kept_ms;
  });
}

void ProducerStates::clear() {
  entries_.clear();
  open_transactions_.clear();
  unreplicated_.clear();
}

const ProducerEntry* ProducerStates::find(std::int64_t producer_id) const {
  auto found = entries_.find(producer_id);
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<ProducerEntry> ProducerStates::entries() const {
  std::vector<ProducerEntry> all;
  all.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) all.push_back(entry);
  return all;
}

void ProducerStates::load(std::vector<ProducerEntry> entries) {
  clear();
  for (ProducerEntry& entry : entries) {
    if (entry.transaction_first_offset) open_transactions_.insert(*entry.transaction_first_offset);
    entries_[entry.producer_id] = std::move(entry);
  }
}

}  // namespace odradek::log
