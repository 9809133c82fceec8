#include "server/group/offset_store.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/log.h"
#include "zk/data/consumer.h"
#include "zk/data/offset_details.h"
#include "zk/data/paths.h"

namespace odradek::group {
namespace {

using protocol::ErrorCode;
using protocol::TopicPartition;

constexpr char kHex[] = "0123456789ABCDEF";

ErrorCode error_of(zk::Code code) {
  return code == zk::Code::kOk ? ErrorCode::kNone : ErrorCode::kCoordinatorNotAvailable;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The decimal was read first.
StoredCopy copy_of(const zk::StoredOffset& decimal, const std::optional<zk::StoredNode>& node) {
  StoredCopy theirs{.committed = {.offset = decimal.offset, .commit_time_ms = decimal.mtime_ms}};
  if (!node) return theirs;
  auto details = zk::OffsetDetails::decode(node->data);
  if (!details) return theirs;
  CommittedOffset ours{.offset = details->offset,
                       .leader_epoch = details->leader_epoch,
                       .metadata = std::move(details->metadata),
                       .commit_time_ms = details->commit_time_ms};
  // An old client wrote since, unless the details are the later write: then they were written
  // between the two reads, and the decimal that goes with them is not the one that was read. In one
  // multi an old client's commit may follow ours.
  bool is_overwritten = ours.offset != decimal.offset && decimal.mzxid >= node->mzxid;
  if (!is_overwritten) {
    return {.committed = std::move(ours), .is_ours = true, .in_log = details->in_log};
  }
  if (details->in_log) theirs.replaces = std::move(ours);
  return theirs;
}

}  // namespace

std::string path_element(const std::string& group) {
  bool is_dots = group == "." || group == "..";
  std::string element;
  if (group.empty()) return "%";  // which no other group becomes
  for (char character : group) {
    auto byte = static_cast<unsigned char>(character);
    bool is_plain = byte >= 0x20 && byte != 0x7f && byte != '/' && byte != '%';
    if (is_plain && !is_dots) {
      element += character;
    } else {
      element += '%';
      element += kHex[byte >> 4];
      element += kHex[byte & 0xf];
    }
  }
  return element;
}

std::string group_of_path_element(const std::string& element) {
  std::string group;
  if (element == "%") return group;
  for (std::size_t i = 0; i < element.size(); ++i) {
    bool is_escape = element[i] == '%' && i + 2 < element.size() &&
                     hex_value(element[i + 1]) >= 0 && hex_value(element[i + 2]) >= 0;
    if (is_escape) {
      group += static_cast<char>(hex_value(element[i + 1]) * 16 + hex_value(element[i + 2]));
      i += 2;
    } else {
      group += element[i];
    }
  }
  return group;
}

void OffsetStore::Pending::answer(std::vector<ErrorCode> errors) {
  if (!is_answered.exchange(true)) std::exchange(callback, nullptr)(std::move(errors));
}

void OffsetStore::Pending::refuse(ErrorCode error) {
  answer(std::vector<ErrorCode>(offsets.size(), error));
}

OffsetStore::OffsetStore(zk::ConsumerOffsets& offsets, std::int64_t commit_timeout_ms,
                         const base::Clock& clock, ScheduleAfter schedule)
    : offsets_(offsets),
      commit_timeout_ms_(commit_timeout_ms),
      clock_(clock),
      schedule_(std::move(schedule)) {}

OffsetStore::~OffsetStore() { stop(); }

void OffsetStore::start() {
  thread_ = base::Thread("offset-commits", [this] { run(); });
}

void OffsetStore::stop() {
  std::vector<PendingPtr> dropped;
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    dropped = std::exchange(waiting_, {});
    waiting_offsets_ = 0;
    by_deadline_.clear();
  }
  changed_.notify_all();
  for (const PendingPtr& pending : dropped) pending->refuse(ErrorCode::kCoordinatorNotAvailable);
  if (thread_.joinable()) thread_.join();
}

ErrorCode OffsetStore::try_commit(const std::string& group, std::vector<OffsetToCommit> offsets,
                                  CommitKind kind, CommitCallback callback) {
  return enqueue(group, std::move(offsets), kind, std::move(callback));
}

ErrorCode OffsetStore::try_remove(const std::string& group, std::vector<OffsetToCommit> offsets,
                                  RemovalKind kind, CommitCallback callback) {
  return enqueue(group, std::move(offsets), kind, std::move(callback));
}

void OffsetStore::commit(const std::string& group, const std::vector<OffsetToCommit>& offsets,
                         CommitKind kind, const CommitCallback& callback) {
  ErrorCode refusal = try_commit(group, offsets, kind, callback);
  if (refusal != ErrorCode::kNone) callback(std::vector<ErrorCode>(offsets.size(), refusal));
}

ErrorCode OffsetStore::enqueue(const std::string& group, std::vector<OffsetToCommit> offsets,
                               std::variant<CommitKind, RemovalKind> kind,
                               CommitCallback callback) {
  auto pending = std::make_shared<Pending>();
  pending->group = group;
  pending->offsets = std::move(offsets);
  pending->kind = kind;
  pending->callback = std::move(callback);
  pending->deadline_ms = clock_.monotonic_ms() + commit_timeout_ms_;
  std::size_t count = pending->offsets.size();
  bool needs_check = false;
  {
    base::MutexLock lock(mutex_);
    if (stopping_) return ErrorCode::kCoordinatorNotAvailable;
    if (waiting_offsets_ + count > kMaxWaiting) return ErrorCode::kCoordinatorLoadInProgress;
    waiting_offsets_ += count;
    while (!by_deadline_.empty() && by_deadline_.front()->is_answered) by_deadline_.pop_front();
    by_deadline_.push_back(pending);
    waiting_.push_back(std::move(pending));
    needs_check = !std::exchange(is_check_scheduled_, true);
  }
  changed_.notify_one();
  if (needs_check) schedule_check(commit_timeout_ms_);
  return ErrorCode::kNone;
}

void OffsetStore::schedule_check(std::int64_t delay_ms) {
  schedule_(delay_ms, [this] { check_deadlines(); });
}

void OffsetStore::check_deadlines() {
  std::vector<PendingPtr> late;
  std::int64_t next_ms = -1;
  {
    base::MutexLock lock(mutex_);
    std::int64_t now_ms = clock_.monotonic_ms();
    while (!by_deadline_.empty() &&
           (by_deadline_.front()->is_answered || by_deadline_.front()->deadline_ms <= now_ms)) {
      if (!by_deadline_.front()->is_answered) late.push_back(by_deadline_.front());
      by_deadline_.pop_front();
    }
    is_check_scheduled_ = !by_deadline_.empty();
    if (is_check_scheduled_) next_ms = by_deadline_.front()->deadline_ms - now_ms;
    // What waits stands in the order of its deadlines too.
    auto first_in_time = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& pending) {
      return pending->deadline_ms > now_ms;
    });
    for (auto it = waiting_.begin(); it != first_in_time; ++it) {
      waiting_offsets_ -= (*it)->offsets.size();
    }
    waiting_.erase(waiting_.begin(), first_in_time);
  }
  if (next_ms >= 0) schedule_check(next_ms);
  if (!late.empty()) {
    LOG(WARNING) << late.size() << " commits, the first of group " << late.front()->group
                 << ", are not in ZooKeeper after " << commit_timeout_ms_
                 << " ms (offsets.commit.timeout.ms); their consumers are told to try again";
  }
  for (const PendingPtr& pending : late) pending->refuse(ErrorCode::kCoordinatorNotAvailable);
}

std::vector<OffsetStore::PendingPtr> OffsetStore::take_batch() {
  std::vector<PendingPtr> batch;
  std::size_t offsets = 0;
  std::size_t taken = 0;
  auto removes = [](const PendingPtr& pending) {
    return std::holds_alternative<RemovalKind>(pending->kind);
  };
  while (taken < waiting_.size() && offsets < kMaxBatch) {
    bool is_alone = removes(waiting_[taken]) || (taken > 0 && removes(batch.front()));
    if (taken > 0 && is_alone) break;
    offsets += waiting_[taken]->offsets.size();
    batch.push_back(std::move(waiting_[taken++]));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
  waiting_offsets_ -= offsets;
  return batch;
}

void OffsetStore::run() {
  for (;;) {
    std::vector<PendingPtr> batch;
    {
      base::MutexLock lock(mutex_);
      while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
      if (stopping_) return;
      batch = take_batch();
    }
    if (std::holds_alternative<RemovalKind>(batch.front()->kind)) {
      remove(*batch.front());
    } else {
      write(batch);
    }
  }
}

void OffsetStore::remove(Pending& removal) {
  base::Status removed = remove_from_zookeeper(removal);
  if (!removed) {
    LOG(WARNING) << "[group " << removal.group
                 << "] offsets cannot be removed from ZooKeeper: " << removed.error().message;
  }
  std::vector<ErrorCode> errors(removal.offsets.size(),
                                removed ? ErrorCode::kNone : ErrorCode::kCoordinatorNotAvailable);
  removal.answer(std::move(errors));
}

base::Status OffsetStore::remove_from_zookeeper(const Pending& removal) {
  RemovalKind kind = std::get<RemovalKind>(removal.kind);
  std::vector<TopicPartition> partitions;
  for (const OffsetToCommit& offset : removal.offsets) partitions.push_back(offset.partition);
  if (kind == RemovalKind::kWholeGroup) {
    auto stored = offsets_.read_all(path_element(removal.group));
    if (!stored) return stored.error();
    partitions.clear();
    for (auto& [partition, offset] : *stored) partitions.push_back(std::move(partition));
  }
  if (kind == RemovalKind::kOurs) {
    auto copies = fetch(removal.group, partitions);
    if (!copies) return copies.error();
    std::vector<TopicPartition> ours;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
      if ((*copies)[i] && (*copies)[i]->is_ours) ours.push_back(std::move(partitions[i]));
    }
    partitions = std::move(ours);
  }
  return offsets_.remove(path_element(removal.group), partitions);
}

void OffsetStore::write(const std::vector<PendingPtr>& batch) {
  std::vector<zk::OffsetNode> nodes;
  for (const PendingPtr& pending : batch) {
    CommitKind kind = std::get<CommitKind>(pending->kind);
    std::string element = path_element(pending->group);
    for (const OffsetToCommit& offset : pending->offsets) {
      const TopicPartition& tp = offset.partition;
      const CommittedOffset& committed = offset.committed;
      zk::OffsetNode decimal{.path = zk::paths::consumer_offset(element, tp.topic, tp.partition),
                             .data = zk::encode_offset(committed.offset)};
      if (kind != CommitKind::kDecimal) {
        zk::OffsetDetails details{.offset = committed.offset,
                                  .leader_epoch = committed.leader_epoch,
                                  .metadata = committed.metadata,
                                  .commit_time_ms = committed.commit_time_ms,
                                  .in_log = kind == CommitKind::kCopy};
        // Before the decimal: a new one beside old details would look like an old client's.
        nodes.push_back(
            {.path = zk::paths::consumer_offset_details(element, tp.topic, tp.partition),
             .data = details.encode()});
      }
      nodes.push_back(std::move(decimal));
    }
  }
  std::vector<zk::Code> codes = offsets_.write(std::move(nodes));
  std::size_t next = 0;
  for (const PendingPtr& pending : batch) {
    std::size_t step = std::get<CommitKind>(pending->kind) == CommitKind::kDecimal ? 1 : 2;
    std::vector<ErrorCode> errors;
    for (std::size_t i = 0; i < pending->offsets.size(); ++i, next += step) {
      zk::Code code = codes[next + step - 1];  // of the decimal
      if (code == zk::Code::kOk) code = codes[next];
      errors.push_back(error_of(code));
      if (code != zk::Code::kOk) {
        LOG(WARNING) << "[group " << pending->group << "] offset of "
                     << pending->offsets[i].partition.to_string()
                     << " is not committed: ZooKeeper answered " << zk::to_string(code);
      }
    }
    pending->answer(std::move(errors));
  }
}

base::Result<OffsetStore::Copies> OffsetStore::with_details(
    const std::string& group, const std::vector<TopicPartition>& partitions,
    const std::vector<std::optional<zk::StoredOffset>>& decimals) {
  std::vector<std::string> paths;
  paths.reserve(partitions.size());
  std::string element = path_element(group);
  for (const TopicPartition& tp : partitions) {
    paths.push_back(zk::paths::consumer_offset_details(element, tp.topic, tp.partition));
  }
  auto details = offsets_.read_nodes(paths);
  if (!details) return details.error();
  Copies copies(partitions.size());
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (decimals[i]) copies[i] = copy_of(*decimals[i], (*details)[i]);
  }
  return copies;
}

base::Result<OffsetStore::Copies> OffsetStore::fetch(
    const std::string& group, const std::vector<TopicPartition>& partitions) {
  auto decimals = offsets_.read(path_element(group), partitions);
  if (!decimals) return decimals.error();
  return with_details(group, partitions, *decimals);
}

base::Result<std::vector<std::pair<TopicPartition, StoredCopy>>> OffsetStore::fetch_all(
    const std::string& group) {
  auto read = offsets_.read_all(path_element(group));
  if (!read) return read.error();
  std::vector<TopicPartition> partitions;
  std::vector<std::optional<zk::StoredOffset>> decimals;
  for (auto& [partition, decimal] : *read) {
    partitions.push_back(std::move(partition));
    decimals.emplace_back(decimal);
  }
  auto copies = with_details(group, partitions, decimals);
  if (!copies) return copies.error();
  std::vector<std::pair<TopicPartition, StoredCopy>> all;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    all.emplace_back(std::move(partitions[i]), std::move(*(*copies)[i]));
  }
  return all;
}

base::Result<std::vector<std::string>> OffsetStore::groups() {
  auto elements = offsets_.groups();
  if (!elements) return elements.error();
  std::vector<std::string> groups;
  groups.reserve(elements->size());
  for (const std::string& element : *elements) groups.push_back(group_of_path_element(element));
  return groups;
}

}  // namespace odradek::group
