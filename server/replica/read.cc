#include "server/replica/read.h"

#include <algorithm>
#include <utility>

#include "server/replica/delayed_fetch.h"
#include "server/replica/fetcher/truncation.h"

namespace odradek::replica {

namespace {
// What was appended last was written by this process just now, or read by everyone who waits.
constexpr std::int64_t kTailBytes = 4 << 20;
// Of a lookup that finds something missing each time: an index is searched by halves.
constexpr int kMostLookUps = 64;

struct DivergenceAnswer {
  ErrorCode error = ErrorCode::kNone;
  std::optional<log::EpochEndOffset> at;
};

// Where a log that ends with this epoch at the fetch offset parts from ours.
DivergenceAnswer divergence_of(const ReadEntry& entry, const log::Log& log) {
  if (entry.last_fetched_epoch < 0) return {};
  log::EpochEndOffset end = log.end_offset_for_epoch(entry.last_fetched_epoch);
  bool is_unknown = end.epoch < 0 || end.end_offset < 0;
  if (is_unknown || entry.fetch_offset < log.log_start_offset()) {
    return {.error = ErrorCode::kOffsetOutOfRange};
  }
  return {.at = divergence(entry.last_fetched_epoch, entry.fetch_offset, end)};
}

// Why a follower gets nothing from here. One that knows the epoch asks again, as it may be about to
// become a replica.
ErrorCode refusal(const Partition& partition, const ReadRequest& request, const ReadEntry& entry) {
  if (request.replica_id < 0 ||
      partition.accepts_follower(request.replica_id, request.replica_epoch)) {
    return ErrorCode::kNone;
  }
  return entry.current_leader_epoch >= 0 ? ErrorCode::kUnknownLeaderEpoch
                                         : ErrorCode::kNotLeaderOrFollower;
}

}  // namespace

ReadOutcome Reads::read_one(const ReadEntry& entry, const ReadRequest& request,
                            std::int32_t max_bytes, bool min_one_message) {
  ReadOutcome outcome;
  auto fail = [&outcome](ErrorCode error) {
    // As upstream: who is refused learns no offsets.
    return ReadOutcome{.error = error, .options = std::move(outcome.options)};
  };
  if (entry.known_error != ErrorCode::kNone) return fail(entry.known_error);
  base::Result<PartitionPtr> partition =
      replicas_.readable(entry.partition, entry.current_leader_epoch, request.must_lead);
  PartitionPtr replica = partition ? *partition : replicas_.find(entry.partition);
  log::LogPtr log = replica == nullptr ? nullptr : replica->log();
  if (log != nullptr && request.tells_options) outcome.options = log->options();
  if (!partition) return fail(protocol::code_of(partition.error()));
  if (log == nullptr) return fail(ErrorCode::kNotLeaderOrFollower);
  ErrorCode refused = refusal(**partition, request, entry);
  if (refused != ErrorCode::kNone) return fail(refused);

  outcome.high_watermark = log->high_watermark();
  outcome.last_stable_offset = log->last_stable_offset();
  outcome.log_start_offset = log->log_start_offset();
  if (request.rack) {
    outcome.preferred_replica =
        replicas_.preferred_follower(**partition, entry.fetch_offset, *request.rack);
    if (outcome.preferred_replica != protocol::kNoBroker) return outcome;
  }
  DivergenceAnswer diverging = divergence_of(entry, *log);
  if (diverging.error != ErrorCode::kNone) return fail(diverging.error);
  outcome.diverging_epoch = diverging.at;
  if (outcome.diverging_epoch) return outcome;

  outcome.is_throttled = request.replica_id >= 0 && (*partition)->throttles_leader();
  if (is_held_back(**partition, request.replica_id)) return outcome;

  Offset upper_bound = log->log_end_offset();
  bool read_committed = request.read_committed && request.replica_id < 0;
  if (request.replica_id < 0) {
    upper_bound = read_committed ? outcome.last_stable_offset : outcome.high_watermark;
  }
  base::Result<log::ReadInfo> read = log->read({.start_offset = entry.fetch_offset,
                                                .max_bytes = max_bytes,
                                                .upper_bound = upper_bound,
                                                .min_one_message = min_one_message,
                                                .collect_aborted = read_committed});
  if (!read) return fail(protocol::code_of(read.error()));
  outcome.log_start_offset = read->log_start_offset;
  outcome.position = read->first;
  log::OffsetMetadata end = log->log_end();
  outcome.behind_tail = read->first.segment_base_offset != end.segment_base_offset ||
                        end.position - read->first.position > kTailBytes;
  // Who can be given more than the limits gets whole batches or none; older clients see by the cut
  // one that their limit is too small.
  if (!read->first_batch_incomplete || request.hard_max_bytes) outcome.slice = read->slice;
  if (read_committed) outcome.aborted = std::move(read->aborted);
  return outcome;
}

bool Reads::is_held_back(const Partition& partition, BrokerId follower) const {
  return follower >= 0 && partition.throttles_leader() && !partition.is_in_sync(follower) &&
         throttle_.is_exceeded();
}

std::vector<ReadOutcome> Reads::read_now(const ReadRequest& request) {
  std::vector<ReadOutcome> outcomes;
  outcomes.reserve(request.entries.size());
  std::int64_t left_bytes = request.max_bytes;
  bool min_one_message = !request.hard_max_bytes;
  for (const ReadEntry& entry : request.entries) {
    std::int64_t limit = std::min<std::int64_t>(entry.max_bytes, left_bytes);
    outcomes.push_back(read_one(entry, request,
                                static_cast<std::int32_t>(std::max<std::int64_t>(limit, 0)),
                                min_one_message));
    std::int64_t size = outcomes.back().slice.size_bytes;
    if (size > 0) min_one_message = false;
    left_bytes -= size;
  }
  return outcomes;
}

void Reads::answer(std::vector<ReadOutcome> outcomes, const ReadCallback& callback) {
  std::vector<protocol::FileSlice> cold;
  std::int64_t throttled_bytes = 0;
  for (const ReadOutcome& outcome : outcomes) {
    if (outcome.is_throttled) throttled_bytes += outcome.slice.size_bytes;
    if (outcome.behind_tail && log::ReadAhead::is_cold(outcome.slice))
      cold.push_back(outcome.slice);
  }
  if (throttled_bytes > 0) throttle_.record(throttled_bytes);
  if (cold.empty()) return callback(std::move(outcomes));
  auto shared = std::make_shared<std::vector<ReadOutcome>>(std::move(outcomes));
  bool is_taken =
      read_ahead_.read(std::move(cold), [shared, callback] { callback(std::move(*shared)); });
  if (!is_taken) callback(std::move(*shared));
}

void Reads::note_follower(const ReadRequest& request) {
  for (const ReadEntry& entry : request.entries) {
    PartitionPtr partition = replicas_.find(entry.partition);
    if (partition == nullptr) continue;
    if (entry.known_error != ErrorCode::kNone) continue;
    FollowerFetch fetch{.offset = entry.fetch_offset,
                        .log_start_offset = entry.follower_log_start_offset,
                        .broker_epoch = request.replica_epoch};
    IsrProgress progress = partition->follower_fetched(
        request.replica_id, fetch, entry.current_leader_epoch, entry.last_fetched_epoch);
    if (progress.proposal) isr_updater_.submit(std::move(*progress.proposal));
    if (progress.moved) waits_.check(entry.partition);
  }
}

std::vector<ReadOutcome> Reads::look_up_waiting(const ReadRequest& request,
                                                std::vector<base::MissingBytes> missing) {
  // What is missing is read without the locks of those who look it up.
  for (int round = 0; round < kMostLookUps; ++round) {
    base::read_into_page_cache(missing);
    LookUp found = look_up(request);
    if (found.missing.empty()) return std::move(found.outcomes);
    missing = std::move(found.missing);
  }
  return read_now(request);
}

Reads::LookUp Reads::look_up(const ReadRequest& request) {
  base::NoWaitReads no_wait;
  LookUp found{.outcomes = read_now(request), .missing = {}};
  found.missing = no_wait.take_missing();
  return found;
}

void Reads::look_up_elsewhere(ReadRequest request, std::vector<base::MissingBytes> missing,
                              Then then) {
  auto cold = std::make_shared<ReadRequest>(std::move(request));
  bool is_taken = read_ahead_.read(
      {}, [this, cold, missing, then] { then(*cold, look_up_waiting(*cold, missing)); });
  if (!is_taken) then(*cold, read_now(*cold));
}

void Reads::read_and_answer(const ReadRequest& request, const ReadCallback& callback) {
  LookUp found = look_up(request);
  if (found.missing.empty()) return answer(std::move(found.outcomes), callback);
  look_up_elsewhere(request, std::move(found.missing),
                    [this, callback](ReadRequest&, std::vector<ReadOutcome> outcomes) {
                      answer(std::move(outcomes), callback);
                    });
}

void Reads::fetch(ReadRequest request, ReadCallback callback) {
  if (request.replica_id >= 0) note_follower(request);
  LookUp found = look_up(request);
  if (found.missing.empty()) {
    return answer_or_wait(request, std::move(found.outcomes), std::move(callback));
  }
  look_up_elsewhere(std::move(request), std::move(found.missing),
                    [this, callback = std::move(callback)](ReadRequest& asked,
                                                           std::vector<ReadOutcome> outcomes) {
                      answer_or_wait(asked, std::move(outcomes), callback);
                    });
}

void Reads::answer_or_wait(ReadRequest& request, std::vector<ReadOutcome> outcomes,
                           ReadCallback callback) {
  std::int64_t bytes = 0;
  bool must_answer = request.max_wait_ms <= 0 || request.entries.empty();
  std::vector<log::OffsetMetadata> positions;
  std::vector<TopicPartition> keys;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    bytes += outcomes[i].slice.size_bytes;
    must_answer |= outcomes[i].error != ErrorCode::kNone || outcomes[i].diverging_epoch ||
                   outcomes[i].preferred_replica != protocol::kNoBroker;
    positions.push_back(outcomes[i].position);
    keys.push_back(request.entries[i].partition);
  }
  if (must_answer || bytes >= request.min_bytes) return answer(std::move(outcomes), callback);
  auto delayed = std::make_shared<DelayedFetch>(std::move(request), std::move(positions), *this,
                                                replicas_, std::move(callback));
  waits_.fetch.try_complete_else_watch(delayed, std::move(keys));
}

}  // namespace odradek::replica
