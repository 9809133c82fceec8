#include "server/api/fetch_answer.h"

#include <set>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "protocol/record/down_convert.h"
#include "server/api/leader_hints.h"

namespace odradek::api {
namespace {

using protocol::ErrorCode;
using protocol::FetchResponse;
using replica::ReadOutcome;
using replica::SessionPartition;

constexpr std::int16_t kFirstVersionWithMagic1 = 2;
constexpr std::int16_t kFirstVersionWithLeader = 12;
constexpr std::int16_t kFirstVersionWithEndpoints = 16;

// The batches of a slice in the format of an old client. What is read here is bounded by
// kMaxConvertedBytes, or by one batch that is larger.
base::Result<base::Bytes> converted(const protocol::FileSlice& slice, std::int16_t version,
                                    std::int64_t fetch_offset) {
  base::Bytes batches(static_cast<std::size_t>(slice.size_bytes));
  auto read = slice.file->read_fully_at(batches, slice.position);
  if (!read) return read.error();
  std::int8_t magic = version >= kFirstVersionWithMagic1 ? 1 : 0;
  protocol::DownConverter converter(batches, magic, fetch_offset);
  base::Bytes all;
  for (;;) {
    auto next = converter.next(kMaxConvertedBytes);
    if (!next) return next.error();
    if (next->empty()) return all;
    all.insert(all.end(), next->begin(), next->end());
  }
}

FetchResponse::Partition partition_of(const SessionPartition& asked, ReadOutcome& outcome,
                                      std::int16_t version) {
  FetchResponse::Partition partition;
  partition.partition_index = asked.partition;
  partition.error_code = outcome.error;
  partition.high_watermark = outcome.high_watermark;
  partition.last_stable_offset = outcome.last_stable_offset;
  partition.log_start_offset = outcome.log_start_offset;
  partition.aborted_transactions.reset();
  if (outcome.diverging_epoch) {
    partition.diverging_epoch = {outcome.diverging_epoch->epoch,
                                 outcome.diverging_epoch->end_offset};
  }
  if (outcome.slice.size_bytes == 0) return partition;
  if (!reads_old_format(version)) {
    partition.records.slices.push_back(std::move(outcome.slice));
    return partition;
  }
  auto bytes = converted(outcome.slice, version, asked.fetch_offset);
  if (!bytes) {
    LOG(WARNING) << "partition " << asked.topic << "-" << asked.partition << ": offset "
                 << asked.fetch_offset << " cannot be given to a client of Fetch version "
                 << version << ": " << bytes.error().message;
    partition.error_code = protocol::code_of(bytes.error());
    return partition;
  }
  auto owner = std::make_shared<base::Bytes>(std::move(*bytes));
  partition.records.bytes = *owner;
  partition.records.owner = owner;
  return partition;
}

FetchResponse::Topic& topic_of(FetchResponse& response, const SessionPartition& asked) {
  bool is_same = !response.responses.empty() && response.responses.back().topic == asked.topic &&
                 response.responses.back().topic_id == asked.topic_id;
  if (!is_same) {
    auto& topic = response.responses.emplace_back();
    topic.topic = asked.topic;
    topic.topic_id = asked.topic_id;
  }
  return response.responses.back();
}

}  // namespace

bool FetchAnswer::must_list(std::size_t index, const FetchResponse::Partition& partition) {
  if (session_ == nullptr) return true;
  bool has_more_to_say =
      partition.error_code != ErrorCode::kNone || partition.diverging_epoch.epoch >= 0;
  base::MutexLock lock(session_->mutex());
  bool changed =
      session_->tell(partitions_[index], partition.records.size_bytes() > 0, has_more_to_say,
                     partition.high_watermark, partition.log_start_offset);
  return changed || !is_incremental_;
}

FetchResponse FetchAnswer::build(std::vector<ReadOutcome> outcomes, std::int16_t version,
                                 const std::string& listener,
                                 const metadata::MetadataImage& image) {
  FetchResponse response;
  if (session_ != nullptr) response.session_id = session_->id();
  std::set<protocol::BrokerId> leaders;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SessionPartition& asked = partitions_[i];
    FetchResponse::Partition partition = partition_of(asked, outcomes[i], version);
    if (!must_list(i, partition)) continue;
    bool has_moved = partition.error_code == ErrorCode::kNotLeaderOrFollower ||
                     partition.error_code == ErrorCode::kFencedLeaderEpoch;
    if (has_moved && version >= kFirstVersionWithLeader) {
      hint_leader(image, {asked.topic, asked.partition}, partition, leaders);
    }
    topic_of(response, asked).partitions.push_back(std::move(partition));
  }
  if (version >= kFirstVersionWithEndpoints) add_endpoints(image, listener, leaders, response);
  return response;
}

}  // namespace odradek::api
