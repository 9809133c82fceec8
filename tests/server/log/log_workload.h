// LogWorkload: a seeded run of everything that a log manager does to its files, step by step.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file_faults.h"
#include "base/random.h"
#include "protocol/record/control_record.h"
#include "server/log/log_copy.h"
#include "server/log/log_directory.h"
#include "server/log/log_manager.h"
#include "tests/server/log/log_states.h"

namespace odradek::log {

using States = std::map<protocol::TopicPartition, PartitionState>;

// As for one partition, when the step after `steps` of a run with these states was cut short;
// partitions that are in both states are there, those that are in neither are not.
inline void expect_between(LogManager& manager, const std::vector<States>& trace,
                           std::size_t steps) {
  const States& before = trace[steps];
  const States& after = trace[std::min(steps + 1, trace.size() - 1)];
  for (const LogPtr& log : manager.cleanable()) {
    EXPECT_TRUE(before.contains(log->partition()) || after.contains(log->partition()))
        << log->partition().to_string();
  }
  for (const auto& [name, from] : before) {
    bool stays = after.contains(name);
    EXPECT_TRUE(!stays || manager.find(name) != nullptr) << name.to_string() << " is gone";
  }
  for (const LogPtr& log : manager.cleanable()) {
    SCOPED_TRACE(log->partition().to_string());
    auto state_in = [&](const States& states) {
      auto found = states.find(log->partition());
      return found == states.end() ? PartitionState() : found->second;
    };
    expect_between(state_of(*log), state_in(before), state_in(after));
    // A log start that fell back brings neither epochs nor producers back.
    protocol::Offset highest_start = 0;
    for (std::size_t i = 0; i <= std::min(steps + 1, trace.size() - 1); ++i) {
      highest_start = std::max(highest_start, state_in(trace[i]).start);
    }
    expect_consistent(*log, highest_start);
  }
  for (const LogPtr& future : manager.futures()) {
    expect_consistent(*future, future->log_end_offset());
  }
}

// "rename leader-epoch-checkpoint.tmp to leader-epoch-checkpoint", "write .log": the operation and
// the kind of its file.
inline std::string point_name(base::FileOperation operation, std::string_view path) {
  auto kind = [](std::string_view whole) {
    std::string name(whole.substr(whole.find_last_of('/') + 1));
    if (name.ends_with("-delete")) return std::string("-delete directory");
    if (name.ends_with("-future")) return std::string("-future directory");
    if (parse_log_directory_name(name)) return std::string("partition directory");
    if (offset_of_file_name(name)) return name.substr(name.find('.'));
    return name.find_first_of(".-") == std::string::npos ? std::string("log directory") : name;
  };
  std::string name(base::to_string(operation));
  std::size_t to = path.find(" to ");
  if (operation != base::FileOperation::kRename || to == std::string_view::npos) {
    return name + " " + kind(path);
  }
  return name + " " + kind(path.substr(0, to)) + " to " + kind(path.substr(to + 4));
}

// The same seed does the same, as long as nothing fails. A kind of operation is one row of
// operations().
class LogWorkload {
 public:
  // With the log directory "data", and so many more into which logs are moved.
  LogWorkload(const std::string& directory, std::uint64_t seed, int more_dirs = 0)
      : directories_{directory + "/data"}, random_(seed) {
    for (int i = 0; i < more_dirs; ++i) {
      directories_.push_back(directory + "/more" + std::to_string(i));
    }
    options_.max_open_files = 12;
    options_.file_delete_delay_ms = 20'000;
  }

  void set_observer(LogDirObserver* observer) { observer_ = observer; }
  base::Status start() {
    manager_ = std::make_unique<LogManager>(directories_, options_, clock_);
    manager_->dirs().set_observer(observer_);
    return manager_->start([this](const std::string& topic) { return options_of(topic); });
  }
  // An error, once the directory is offline or cannot be opened.
  base::Status step() {
    clock_.advance_ms(random_.between(0, 3000));
    int weights = 0;
    for (const Operation& operation : operations()) weights += operation.weight;
    auto drawn = static_cast<int>(random_.below(static_cast<std::uint64_t>(weights)));
    auto chosen = operations().begin();
    while (drawn >= chosen->weight) drawn -= (chosen++)->weight;
    base::Status done = (this->*chosen->run)();
    if (done.ok() && manager_->offline_dir_count() > 0) return base::Error("it is offline");
    return done;
  }
  void shutdown() { manager_->shutdown(); }
  void crash() { manager_.reset(); }
  LogManager& manager() { return *manager_; }
  const std::vector<std::string>& directories() const { return directories_; }
  LogOptions options_of(const std::string& topic) const {
    LogOptions options;
    options.cleanup_compact = topic == "compacted";
    options.cleanup_delete = !options.cleanup_compact;
    options.min_cleanable_dirty_ratio = 0;
    options.delete_retention_ms = 20'000;
    options.segment_bytes = topic == "big" ? 4 << 20 : options.cleanup_compact ? 1500 : 3000;
    options.max_message_bytes = 2 << 20;
    options.index_interval_bytes = 300;
    options.retention_bytes = 12'000;
    options.retention_ms = 90'000;
    options.file_delete_delay_ms = 20'000;
    return options;
  }
  States states() const {
    States states;
    for (const LogPtr& log : manager_->cleanable()) states[log->partition()] = state_of(*log);
    return states;
  }

 private:
  struct Operation {
    const char* name;
    int weight;
    base::Status (LogWorkload::*run)();
  };
  static std::span<const Operation> operations();  // at the end of this file

  static base::Status status_of(const auto& result) {
    return result.ok() ? base::Status() : base::Status(result.error());
  }
  base::Result<LogPtr> open_log(const std::string& topic, std::int32_t partition) {
    base::Uuid id;
    id.bytes.fill(static_cast<std::uint8_t>(topic.size()));
    return manager_->get_or_create({topic, partition}, options_of(topic), id);
  }
  base::Status with_log(base::Status (LogWorkload::*run)(Log&)) {
    bool gone = random_.one_in(5);
    auto log =
        gone ? open_log("gone", 0) : open_log("t", static_cast<std::int32_t>(random_.below(2)));
    return log.ok() ? (this->*run)(**log) : base::Status(log.error());
  }
  // Also one that is compacted.
  base::Status with_any_log(base::Status (LogWorkload::*run)(Log&)) {
    if (!random_.one_in(3)) return with_log(run);
    auto log = open_log("compacted", 0);
    return log.ok() ? (this->*run)(**log) : base::Status(log.error());
  }
  base::Status send(Log& log, BatchSpec spec) {
    spec.records = static_cast<int>(random_.between(1, 4));
    if (spec.value_bytes < 1000) {
      spec.value_bytes = random_.below(250);
    } else {
      spec.records = 2;
    }
    spec.timestamp_ms = clock_.wall_ms() - random_.between(0, 5000);
    spec.fill = static_cast<std::uint8_t>(random_.below(256));
    if (random_.one_in(4)) spec.codec = protocol::CompressionType::kLz4;
    base::Bytes batch = make_batch(spec);
    auto sent = log.append_as_leader(batch, {.leader_epoch = epoch_});
    if (sent.ok()) log.set_high_watermark(random_.between(log.high_watermark(), sent->last_offset));
    return status_of(sent);
  }
  static BatchSpec next_of(const Log& log, std::int64_t producer_id) {
    BatchSpec spec{.producer_id = producer_id, .producer_epoch = 0, .base_sequence = 0};
    for (const ProducerEntry& entry : log.producers()) {
      if (entry.producer_id != producer_id) continue;
      spec.producer_epoch = entry.producer_epoch;
      spec.base_sequence = entry.last_sequence() + 1;
      spec.transactional = entry.transaction_first_offset.has_value();
    }
    return spec;
  }

  base::Status append_plain() { return with_log(&LogWorkload::append_plain_to); }
  base::Status append_plain_to(Log& log) { return send(log, {}); }
  // Few keys, some of them deleted; every other time by a producer whose last batch must stay.
  base::Status append_keyed() {
    auto log = open_log("compacted", 0);
    if (!log.ok()) return log.error();
    BatchSpec producer;
    if (random_.one_in(2)) producer = next_of(**log, random_.between(21, 23));
    protocol::BatchOptions options;
    options.producer_id = producer.producer_id;
    options.producer_epoch = producer.producer_epoch;
    options.base_sequence = producer.base_sequence;
    protocol::BatchBuilder builder(options);
    for (std::uint64_t i = random_.below(4); i < 5; ++i) {
      std::string key = "key-" + std::to_string(random_.below(6));
      base::Bytes value(random_.below(250), 'v');
      auto present = random_.one_in(5) ? std::nullopt : std::optional<base::ByteView>(value);
      builder.append(clock_.wall_ms(), base::as_bytes(key), present);
    }
    auto batch = builder.build();
    if (!batch.ok()) return batch.error();
    return status_of((*log)->append_as_leader(*batch, {.leader_epoch = epoch_}));
  }
  base::Status compact() {
    auto log = open_log("compacted", 0);
    if (!log.ok()) return log.error();
    base::Status rolled = (*log)->roll();
    if (!rolled.ok()) return rolled;
    (*log)->set_high_watermark((*log)->log_end_offset());
    OffsetMap offsets(1 << 20, 0.9);
    auto report = manager_->cleaner().clean_one(offsets);
    if (!report || report->end == CompactionEnd::kDone) return {};
    return base::Error(report->reason);
  }
  // One step of a move to the next directory; the last one ends it.
  base::Status move() { return with_any_log(&LogWorkload::move_one); }
  base::Status move_one(Log& log) {
    if (directories_.size() == 1) return {};
    LogPtr current = manager_->find(log.partition());
    LogPtr future = manager_->find_future(log.partition());
    if (future == nullptr) {
      auto here = std::ranges::find(directories_, log.dir().path()) - directories_.begin();
      std::size_t next = (static_cast<std::size_t>(here) + 1) % directories_.size();
      auto created = manager_->create_future(current, *manager_->dirs().all()[next]);
      if (!created.ok()) return created.error();
      future = *created;
    }
    auto copied = copy_some(*current, *future, random_.one_in(2) ? 1000 : 1 << 20);
    if (!copied.ok()) return copied.error();
    if (common_end(*current, *future) != current->log_end_offset()) return {};
    base::Status done = future->flush();
    if (done.ok()) done = copy_last_epochs(*current, *future);
    return done.ok() ? manager_->replace_with_future(future) : done;
  }
  base::Status append_large() {
    auto log = open_log("big", 0);
    return log.ok() ? send(**log, {.value_bytes = 600 << 10}) : base::Status(log.error());
  }
  base::Status append_idempotent() { return with_log(&LogWorkload::append_idempotent_to); }
  base::Status append_idempotent_to(Log& log) {
    BatchSpec spec = next_of(log, random_.between(1, 3));
    if (random_.one_in(8)) {
      ++spec.producer_epoch;
      spec.base_sequence = 0;
    }
    return send(log, spec);
  }
  base::Status append_transactional() { return with_log(&LogWorkload::append_transactional_to); }
  base::Status append_transactional_to(Log& log) {
    BatchSpec spec = next_of(log, random_.between(11, 12));
    if (!spec.transactional || random_.one_in(3)) {
      spec.transactional = true;
      return send(log, spec);
    }
    auto type = random_.one_in(2) ? protocol::ControlRecordType::kAbort
                                  : protocol::ControlRecordType::kCommit;
    base::Bytes marker = protocol::end_transaction_batch({type, 0}, spec.producer_id,
                                                         spec.producer_epoch, clock_.wall_ms());
    return status_of(log.append_as_leader(
        marker, {.leader_epoch = epoch_, .origin = protocol::AppendOrigin::kCoordinator}));
  }
  base::Status append_as_follower() { return with_log(&LogWorkload::append_as_follower_to); }
  base::Status append_as_follower_to(Log& log) {
    base::Bytes batches;
    protocol::Offset next = log.log_end_offset();
    for (int i = 0; i < 3; ++i) {
      base::Bytes batch = make_batch({.records = 2,
                                      .value_bytes = random_.below(200),
                                      .timestamp_ms = clock_.wall_ms(),
                                      .base_offset = next,
                                      .leader_epoch = epoch_});
      batches.insert(batches.end(), batch.begin(), batch.end());
      next = protocol::BatchView(batch).next_offset();
    }
    return status_of(log.append_as_follower(batches));
  }
  base::Status begin_epoch() { return with_any_log(&LogWorkload::begin_epoch_of); }
  base::Status begin_epoch_of(Log& log) {
    return log.assign_epoch_start(++epoch_, log.log_end_offset());
  }
  base::Status roll() { return with_any_log(&LogWorkload::roll_one); }
  base::Status roll_one(Log& log) { return log.roll(); }
  base::Status flush() { return with_any_log(&LogWorkload::flush_one); }
  base::Status flush_one(Log& log) { return log.flush(); }
  base::Status flush_rolled() {
    manager_->flush_rolled_segments();
    for (const auto& dir : manager_->dirs().all()) dir->flusher().finish();
    return {};
  }
  // What a move copied of a log tells of a cut by leader epochs alone, which do not change here.
  base::Status give_up_move(const Log& log) { return manager_->delete_future(log.partition()); }
  base::Status truncate() { return with_any_log(&LogWorkload::truncate_one); }
  base::Status truncate_one(Log& log) {
    base::Status done = give_up_move(log);
    if (!done.ok()) return done;
    // No replica is cut below what was compacted, for that is below the high watermark.
    protocol::Offset low = std::max({log.log_start_offset(), log.log_end_offset() - 20,
                                     log.compaction().cleaned_to().value_or(0)});
    return status_of(log.truncate_to(random_.between(low, log.log_end_offset())));
  }
  base::Status truncate_fully() { return with_log(&LogWorkload::truncate_fully_one); }
  base::Status truncate_fully_one(Log& log) {
    base::Status done = give_up_move(log);
    if (!done.ok()) return done;
    // Below the log start and above the log end, too. Ended in the middle it leaves no segment, and
    // the log begins anew: so never at the end, which everything else keeps.
    protocol::Offset low = std::max<protocol::Offset>(log.log_start_offset() - 10, 0);
    protocol::Offset offset = random_.between(low, log.log_end_offset() + 10);
    return log.truncate_fully_and_start_at(offset + (offset == log.log_end_offset() ? 1 : 0));
  }
  base::Status delete_records() { return with_log(&LogWorkload::delete_records_of); }
  base::Status delete_records_of(Log& log) {
    log.set_high_watermark(log.log_end_offset());
    auto offset = random_.between(log.log_start_offset(), log.high_watermark());
    return status_of(log.advance_log_start_offset(offset));
  }
  base::Status retain() {
    for (const LogPtr& log : manager_->all()) log->set_high_watermark(log->log_end_offset());
    manager_->delete_old_segments();
    return {};
  }
  base::Status delete_files() {
    clock_.advance_ms(25'000);
    manager_->delete_due_files();
    return {};
  }
  base::Status checkpoint() {
    manager_->checkpoint_recovery_points();
    manager_->checkpoint_log_start_offsets();
    return {};
  }
  base::Status delete_partition() { return manager_->async_delete({"gone", 0}); }
  base::Status restart_clean() {
    manager_->shutdown();
    return manager_->offline_dir_count() > 0 ? base::Status(base::Error("it is offline")) : start();
  }
  base::Status restart_unclean() {
    manager_.reset();
    return start();
  }

  std::vector<std::string> directories_;
  base::Random random_;
  base::ManualClock clock_;
  LogManagerOptions options_;
  LogDirObserver* observer_ = nullptr;
  std::unique_ptr<LogManager> manager_;
  protocol::LeaderEpoch epoch_ = 0;
};

inline std::span<const LogWorkload::Operation> LogWorkload::operations() {
  static constexpr Operation kOperations[] = {
      {"append", 10, &LogWorkload::append_plain},
      {"append large", 1, &LogWorkload::append_large},
      {"append idempotent", 10, &LogWorkload::append_idempotent},
      {"append transactional", 10, &LogWorkload::append_transactional},
      {"append keyed", 10, &LogWorkload::append_keyed},
      {"append as follower", 6, &LogWorkload::append_as_follower},
      {"begin epoch", 3, &LogWorkload::begin_epoch},
      {"roll", 3, &LogWorkload::roll},
      {"flush", 2, &LogWorkload::flush},
      {"flush rolled", 3, &LogWorkload::flush_rolled},
      {"truncate", 4, &LogWorkload::truncate},
      {"truncate fully", 4, &LogWorkload::truncate_fully},
      {"delete records", 4, &LogWorkload::delete_records},
      {"retention", 4, &LogWorkload::retain},
      {"delete files", 2, &LogWorkload::delete_files},
      {"checkpoint", 3, &LogWorkload::checkpoint},
      {"delete partition", 3, &LogWorkload::delete_partition},
      {"compact", 6, &LogWorkload::compact},
      {"move", 8, &LogWorkload::move},
      {"restart", 2, &LogWorkload::restart_clean},
      {"restart after a crash", 2, &LogWorkload::restart_unclean},
  };
  return kOperations;
}

// The states after 0, 1, … `steps` steps without a fault.
inline std::vector<States> run_undisturbed(std::uint64_t seed, int steps, int more_dirs = 0) {
  testing::TemporaryDirectory directory(testing::TemporaryDirectory::in_memory());
  LogWorkload workload(directory.path(), seed, more_dirs);
  CHECK(workload.start().ok());
  std::vector<States> trace{workload.states()};
  for (int i = 0; i < steps; ++i) {
    base::Status done = workload.step();
    CHECK(done.ok()) << "step " << i << ": " << done.error().message;
    trace.push_back(workload.states());
  }
  return trace;
}

}  // namespace odradek::log
