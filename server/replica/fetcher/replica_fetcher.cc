#include "server/replica/fetcher/replica_fetcher.h"

#include <algorithm>
#include <latch>
#include <limits>
#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace odradek::replica {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;

// Until one that is held back by the throttle is thought of again.
constexpr std::int64_t kHeldBackMs = 100;
constexpr std::int16_t kFirstFetchWithTopicIds = 13;
constexpr std::int16_t kFirstFetchWithReplicaState = 15;

std::string client_id(BrokerId broker, std::int32_t index) {
  return "broker-" + std::to_string(broker) + "-fetcher-" + std::to_string(index);
}

bool have_topic_ids(const std::vector<WantedPartition>& wanted) {
  return std::none_of(wanted.begin(), wanted.end(), [](const WantedPartition& partition) {
    return partition.topic_id.is_zero();
  });
}

log::LogPtr log_of(const ReplicaSet& replicas, const TopicPartition& partition) {
  PartitionPtr replica = replicas.find(partition);
  return replica == nullptr ? nullptr : replica->log();
}

}  // namespace

ReplicaFetcher::ReplicaFetcher(BrokerId leader, std::int32_t index, const FetcherContext& context,
                               SetAside set_aside)
    : leader_(leader),
      name_("replica-fetcher-" + std::to_string(leader) + "-" + std::to_string(index)),
      context_(context),
      options_(context.options),
      set_aside_(std::move(set_aside)),
      endpoint_({.local_broker = context.replicas.local_broker(),
                 .leader = leader,
                 .client_id = client_id(context.replicas.local_broker(), index),
                 .listener = context.options.listener,
                 .socket_timeout_ms = context.options.socket_timeout_ms,
                 .versions = context.options.versions},
                context.metadata, context.connections),
      session_(context.options.partition_max_bytes) {}

ReplicaFetcher::~ReplicaFetcher() { stop(); }

void ReplicaFetcher::start() {
  thread_ = base::Thread(name_, [this] { run(); });
}

void ReplicaFetcher::stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  endpoint_.close();
}

bool ReplicaFetcher::is_stopping() const {
  base::MutexLock lock(mutex_);
  return stopping_;
}

LeaderEpoch ReplicaFetcher::last_epoch(const log::Log& log) const {
  return log.latest_epoch().value_or(protocol::kNoLeaderEpoch);
}

void ReplicaFetcher::put(const TopicPartition& partition, LeaderEpoch leader_epoch,
                         const log::Log& log) {
  // With epochs the leader tells by the fetch itself what is to be cut.
  LeaderEpoch latest = last_epoch(log);
  bool may_fetch = options_.versions.truncates_on_fetch && latest >= 0;
  FetchState state{.leader_epoch = leader_epoch,
                   .offset = may_fetch ? log.log_end_offset() : log.high_watermark(),
                   .is_truncating = !may_fetch,
                   .last_fetched_epoch = may_fetch ? latest : protocol::kNoLeaderEpoch};
  base::MutexLock lock(mutex_);
  auto [known, is_new] = states_.try_emplace(partition, state);
  if (!is_new && known->second.leader_epoch == leader_epoch) return;
  known->second = state;
  changed_.notify_all();
}

void ReplicaFetcher::remove(const TopicPartition& partition) {
  base::MutexLock lock(mutex_);
  states_.erase(partition);
}

std::size_t ReplicaFetcher::size() const {
  base::MutexLock lock(mutex_);
  return states_.size();
}

std::optional<FetchState> ReplicaFetcher::state_of(const TopicPartition& partition) const {
  base::MutexLock lock(mutex_);
  auto found = states_.find(partition);
  return found == states_.end() ? std::nullopt : std::optional(found->second);
}

void ReplicaFetcher::update(const TopicPartition& partition, const FetchState& state) {
  base::MutexLock lock(mutex_);
  auto found = states_.find(partition);
  if (found == states_.end() || found->second.leader_epoch != state.leader_epoch) return;
  found->second = state;
}

void ReplicaFetcher::delay(const TopicPartition& partition) {
  delay(partition, options_.backoff_ms);
}

void ReplicaFetcher::delay(const TopicPartition& partition, std::int64_t delay_ms) {
  base::MutexLock lock(mutex_);
  auto found = states_.find(partition);
  if (found == states_.end()) return;
  found->second.retry_at_ms = context_.clock.monotonic_ms() + delay_ms;
}

void ReplicaFetcher::delay_all() {
  base::MutexLock lock(mutex_);
  std::int64_t retry_at_ms = context_.clock.monotonic_ms() + options_.backoff_ms;
  for (auto& [name, state] : states_) state.retry_at_ms = retry_at_ms;
}

ReplicaFetcher::States ReplicaFetcher::ready(bool is_truncating) const {
  base::MutexLock lock(mutex_);
  std::int64_t now_ms = context_.clock.monotonic_ms();
  States ready;
  for (const auto& [name, state] : states_) {
    if (state.is_truncating == is_truncating && state.retry_at_ms <= now_ms) {
      ready.emplace_hint(ready.end(), name, state);
    }
  }
  return ready;
}

void ReplicaFetcher::run() {
  while (!is_stopping()) {
    truncate();
    fetch();
  }
  finished_ = true;
}

// Until a partition is ready again, or another one came.
void ReplicaFetcher::rest() {
  base::MutexLock lock(mutex_);
  std::int64_t now_ms = context_.clock.monotonic_ms();
  std::int64_t wake_at_ms = std::numeric_limits<std::int64_t>::max();
  for (const auto& [name, state] : states_) wake_at_ms = std::min(wake_at_ms, state.retry_at_ms);
  if (stopping_ || wake_at_ms <= now_ms) return;
  if (states_.empty()) {
    changed_.wait(mutex_);
  } else {
    changed_.wait_until(mutex_, base::steady_after_ms(wake_at_ms - now_ms));
  }
}

void ReplicaFetcher::failed(const TopicPartition& partition, const FetchState& state,
                            const base::Error& error) {
  // The role changed meanwhile: whoever changed it said so to Fetchers, or is about to.
  if (protocol::code_of(error) == ErrorCode::kNotLeaderOrFollower) return delay(partition);
  {
    base::MutexLock lock(mutex_);
    auto found = states_.find(partition);
    if (found == states_.end() || found->second.leader_epoch != state.leader_epoch) return;
    states_.erase(found);
  }
  set_aside_(partition, error);
}

void ReplicaFetcher::note_unreachable(const std::string& reason) {
  if (is_stopping()) return;
  LOG_IF(WARNING, !is_unreachable_)
      << "[" << name_ << "] broker " << leader_ << " cannot be copied from, tried again every "
      << options_.backoff_ms << " ms: " << reason;
  is_unreachable_ = true;
  delay_all();
}

void ReplicaFetcher::truncate() {
  States truncating = ready(true);
  std::map<TopicPartition, AskedEpoch> asked;
  for (const auto& [name, state] : truncating) {
    log::LogPtr log = log_of(context_.replicas, name);
    if (log == nullptr) {
      delay(name);
    } else if (LeaderEpoch latest = last_epoch(*log); latest >= 0) {
      asked[name] = {.leader_epoch = state.leader_epoch, .asked = latest};
    } else {
      cut(name, state, {.offset = state.offset});  // old formats: to the high watermark
    }
  }
  if (!asked.empty()) truncate_by_epochs(asked);
}

void ReplicaFetcher::truncate_by_epochs(const std::map<TopicPartition, AskedEpoch>& asked) {
  auto answers = endpoint_.ends_of_epochs(asked);
  if (!answers) return note_unreachable(answers.error().message);
  is_unreachable_ = false;
  for (const auto& [name, question] : asked) {
    auto state = state_of(name);
    if (!state || state->leader_epoch != question.leader_epoch) continue;
    auto answer = answers->find(name);
    ErrorCode error =
        answer == answers->end() ? ErrorCode::kUnknownServerError : answer->second.error;
    if (error == ErrorCode::kNone) {
      truncate_by_answer(name, *state, answer->second.end);
    } else if (error == ErrorCode::kFencedLeaderEpoch) {
      fenced(name, question.leader_epoch);
    } else {
      VLOG(1) << "[" << name_ << "] " << name.to_string()
              << ": the leader knows no epochs yet: " << protocol::error_name(error);
      delay(name);
    }
  }
}

void ReplicaFetcher::truncate_by_answer(const TopicPartition& partition, const FetchState& state,
                                        const log::EpochEndOffset& leader_end) {
  log::LogPtr log = log_of(context_.replicas, partition);
  if (log == nullptr) return delay(partition);
  cut(partition, state,
      truncation_point(leader_end,
                       {.fetch_offset = std::min(state.offset, log->log_end_offset()),
                        .end_offset = log->log_end_offset(),
                        .of_leader_epoch = log->end_offset_for_epoch(leader_end.epoch)}));
}

void ReplicaFetcher::cut(const TopicPartition& partition, const FetchState& state,
                         const Truncation& truncation) {
  PartitionPtr replica = context_.replicas.find(partition);
  if (replica == nullptr) return delay(partition);
  auto end = replica->truncate(state.leader_epoch, truncation.offset);
  if (!end) return failed(partition, state, end.error());
  log::LogPtr log = replica->log();
  if (log == nullptr) return delay(partition);
  FetchState cut = state;
  cut.offset = *end;
  cut.is_truncating = !options_.versions.truncates_on_fetch && !truncation.is_complete;
  cut.last_fetched_epoch = last_epoch(*log);
  update(partition, cut);
}

void ReplicaFetcher::fenced(const TopicPartition& partition, LeaderEpoch asked) {
  auto state = state_of(partition);
  if (!state) return;
  if (state->leader_epoch != asked) return delay(partition);  // it was asked with an older one
  failed(partition, *state,
         base::Error(ErrorCode::kFencedLeaderEpoch,
                     "the leader has a newer epoch than " + std::to_string(asked)));
}

bool ReplicaFetcher::is_held_back(const TopicPartition& partition, const FetchState& state) const {
  if (state.is_caught_up || !context_.throttle.is_exceeded()) return false;
  PartitionPtr replica = context_.replicas.find(partition);
  return replica != nullptr && replica->throttles_follower();
}

std::vector<WantedPartition> ReplicaFetcher::wanted(const States& ready) {
  std::vector<WantedPartition> wanted;
  wanted.reserve(ready.size());
  for (const auto& [name, state] : ready) {
    log::LogPtr log = log_of(context_.replicas, name);
    if (log == nullptr) {
      delay(name);
      continue;
    }
    if (is_held_back(name, state)) {
      delay(name, kHeldBackMs);
      continue;
    }
    wanted.push_back({.partition = name,
                      .topic_id = log->topic_id().value_or(base::Uuid{}),
                      .offset = state.offset,
                      .log_start_offset = log->log_start_offset(),
                      .leader_epoch = state.leader_epoch,
                      .last_fetched_epoch = options_.versions.truncates_on_fetch
                                                ? state.last_fetched_epoch
                                                : protocol::kNoLeaderEpoch});
  }
  return wanted;
}

void ReplicaFetcher::fetch() {
  std::vector<WantedPartition> asked = wanted(ready(false));
  std::int16_t version = options_.versions.fetch;
  bool with_topic_ids = version >= kFirstFetchWithTopicIds && have_topic_ids(asked);
  if (!with_topic_ids) version = std::min<std::int16_t>(version, kFirstFetchWithTopicIds - 1);
  auto request = session_.next(asked, with_topic_ids);
  if (!request) return rest();
  request->replica_id = context_.replicas.local_broker();
  if (version >= kFirstFetchWithReplicaState) {
    request->replica_state = {request->replica_id, context_.broker_epoch.load()};
  }
  request->max_wait_ms = options_.max_wait_ms;
  request->min_bytes = options_.min_bytes;
  request->max_bytes = options_.max_bytes;
  auto response = endpoint_.fetch(*request, version);
  if (!response) {
    session_.failed();
    return note_unreachable(response.error().message);
  }
  LOG_IF(INFO, is_unreachable_) << "[" << name_ << "] broker " << leader_
                                << " is copied from again";
  is_unreachable_ = false;
  if (session_.answered(*response)) take_over(*response);
}

void ReplicaFetcher::take_over(FetchResponse& response) {
  out_of_range_.clear();
  for (auto& topic : response.responses) {
    std::string name = session_.name_of(topic);
    for (auto& partition : topic.partitions) {
      Answered answered{session_.find({name, partition.partition_index}), &partition};
      auto state = state_of(answered.asked->partition);
      bool is_current =
          state && state->awaits(answered.asked->leader_epoch, answered.asked->offset);
      if (is_current) take_over(answered, *state);
    }
  }
  await_flushes();
  // Last, as asking the leader again ends the life of the records.
  for (const TopicPartition& partition : out_of_range_) {
    auto state = state_of(partition);
    if (state) reposition(partition, *state);
  }
}

void ReplicaFetcher::take_over(const Answered& answered, const FetchState& state) {
  const FetchResponse::Partition& answer = *answered.answer;
  if (answer.error_code != ErrorCode::kNone) return refused(answered, state);
  bool diverges = options_.versions.truncates_on_fetch && answer.diverging_epoch.epoch >= 0;
  if (diverges) {
    truncate_by_answer(answered.asked->partition, state,
                       {answer.diverging_epoch.epoch, answer.diverging_epoch.end_offset});
  } else {
    append(answered, state);
  }
}

void ReplicaFetcher::append(const Answered& answered, FetchState state) {
  const TopicPartition& partition = answered.asked->partition;
  PartitionPtr replica = context_.replicas.find(partition);
  if (replica == nullptr) return delay(partition);
  auto appended = replica->append_fetched({.leader_epoch = state.leader_epoch,
                                           .offset = state.offset,
                                           .records = answered.answer->records.bytes,
                                           .high_watermark = answered.answer->high_watermark,
                                           .log_start_offset = answered.answer->log_start_offset});
  if (!appended) {
    if (protocol::code_of(appended.error()) != ErrorCode::kCorruptMessage) {
      return failed(partition, state, appended.error());
    }
    LOG(ERROR) << "[" << name_ << "] " << partition.to_string() << ": what the leader sent from "
               << "offset " << state.offset
               << " on is damaged and is fetched again: " << appended.error().message;
    return delay(partition);
  }
  if (replica->throttles_follower() && appended->size_bytes > 0) {
    context_.throttle.record(appended->size_bytes);
  }
  state.offset = appended->end_offset;
  state.is_caught_up = appended->end_offset >= answered.answer->high_watermark;
  if (appended->last_epoch >= 0) state.last_fetched_epoch = appended->last_epoch;
  update(partition, state);
  if (appended->flush_due) to_flush_.push_back(replica);
  if (appended->high_watermark_moved) context_.waits.fetch.check_and_complete(partition);
}

void ReplicaFetcher::await_flushes() {
  if (to_flush_.empty()) return;
  std::vector<base::Status> flushed(to_flush_.size());
  // Shared, as the last to count may still be at it when the wait is over.
  auto left = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(to_flush_.size()));
  for (std::size_t i = 0; i < to_flush_.size(); ++i) {
    auto state = state_of(to_flush_[i]->name());
    to_flush_[i]->when_flushed(state ? state->offset : 0, [&, left, i](const base::Status& done) {
      flushed[i] = done;
      left->count_down();
    });
  }
  left->wait();
  for (std::size_t i = 0; i < to_flush_.size(); ++i) {
    auto state = state_of(to_flush_[i]->name());
    if (state && !flushed[i].ok()) failed(to_flush_[i]->name(), *state, flushed[i].error());
  }
  to_flush_.clear();
}

void ReplicaFetcher::refused(const Answered& answered, const FetchState& state) {
  const TopicPartition& partition = answered.asked->partition;
  switch (answered.answer->error_code) {
    case ErrorCode::kOffsetOutOfRange:
      out_of_range_.insert(partition);
      return;
    case ErrorCode::kFencedLeaderEpoch:
      return fenced(partition, answered.asked->leader_epoch);
    case ErrorCode::kUnknownLeaderEpoch:
    case ErrorCode::kNotLeaderOrFollower:
      break;  // the leader is told of its role later than we of ours
    default:
      LOG(WARNING) << "[" << name_ << "] " << partition.to_string() << " at offset " << state.offset
                   << ": the leader answered " << protocol::error_name(answered.answer->error_code)
                   << "; asked again in " << options_.backoff_ms << " ms";
  }
  delay(partition);
}

base::Result<Offset> ReplicaFetcher::find_position(const TopicPartition& partition,
                                                   const FetchState& state, Partition& replica) {
  log::LogPtr log = replica.log();
  if (log == nullptr) return base::Error(ErrorCode::kNotLeaderOrFollower, "no log any more");
  auto leader_end = endpoint_.offset(partition, state.leader_epoch, log::kLatestTimestamp);
  if (!leader_end) return leader_end.error();
  if (*leader_end < log->log_end_offset()) {
    LOG(WARNING) << "[" << name_ << "] " << partition.to_string() << ": the leader ends at offset "
                 << *leader_end << ", this replica at " << log->log_end_offset()
                 << ", which is cut there";
    return replica.truncate(state.leader_epoch, *leader_end);
  }
  auto leader_start = endpoint_.offset(partition, state.leader_epoch, log::kEarliestTimestamp);
  if (!leader_start) return leader_start.error();
  if (*leader_start <= log->log_end_offset()) return log->log_end_offset();
  LOG(WARNING) << "[" << name_ << "] " << partition.to_string() << ": the leader begins at offset "
               << *leader_start << ", beyond the end of this replica at " << log->log_end_offset()
               << ", which begins anew there";
  base::Status restarted = replica.restart(state.leader_epoch, *leader_start);
  if (!restarted) return restarted.error();
  return *leader_start;
}

void ReplicaFetcher::reposition(const TopicPartition& partition, const FetchState& state) {
  PartitionPtr replica = context_.replicas.find(partition);
  if (replica == nullptr) return delay(partition);
  auto position = find_position(partition, state, *replica);
  log::LogPtr log = replica->log();
  if (position && log != nullptr) {
    FetchState moved = state;
    moved.offset = *position;
    moved.last_fetched_epoch = last_epoch(*log);
    return update(partition, moved);
  }
  ErrorCode error =
      position ? ErrorCode::kNotLeaderOrFollower : protocol::code_of(position.error());
  if (error == ErrorCode::kFencedLeaderEpoch) return fenced(partition, state.leader_epoch);
  if (error == ErrorCode::kKafkaStorageError && (log == nullptr || !log->dir().online())) {
    return failed(partition, state, position.error());
  }
  LOG(WARNING) << "[" << name_ << "] " << partition.to_string()
               << ": offsets of the leader are not known yet: "
               << (position ? "no log" : position.error().message);
  delay(partition);
}

}  // namespace odradek::replica
