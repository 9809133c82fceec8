#include "server/api/fetch_answer.h"

#include <set>
#include <utility>

#include "base/log.h"
#include "server/api/leader_hints.h"
#include "server/log/converted_slice.h"

namespace odradek::api {
namespace {

using protocol::ErrorCode;
using protocol::FetchResponse;
using replica::ReadOutcome;
using replica::SessionPartition;

constexpr std::int16_t kFirstVersionWithMagic1 = 2;
constexpr std::int16_t kFirstVersionWithMagic2 = 4;
constexpr std::int16_t kFirstVersionWithStorageErrors = 6;
constexpr std::int16_t kFirstVersionWithLeader = 12;
constexpr std::int16_t kFirstVersionWithEndpoints = 16;

std::int8_t newest_magic_of(std::int16_t version) {
  if (version >= kFirstVersionWithMagic2) return 2;
  return version >= kFirstVersionWithMagic1 ? 1 : 0;
}

// In place of whatever was found.
FetchResponse::Partition refusal(std::int32_t index, ErrorCode error) {
  FetchResponse::Partition partition;
  partition.partition_index = index;
  partition.error_code = error;
  partition.high_watermark = -1;
  partition.last_stable_offset = -1;
  partition.log_start_offset = -1;
  partition.aborted_transactions.reset();
  return partition;
}

FetchResponse::Partition partition_of(const SessionPartition& asked, ReadOutcome& outcome) {
  FetchResponse::Partition partition;
  partition.partition_index = asked.partition;
  partition.error_code = outcome.error;
  partition.high_watermark = outcome.high_watermark;
  partition.last_stable_offset = outcome.last_stable_offset;
  partition.log_start_offset = outcome.log_start_offset;
  partition.aborted_transactions.reset();
  if (outcome.aborted) {
    auto& aborted = partition.aborted_transactions.emplace();
    for (const log::AbortedTransaction& transaction : *outcome.aborted) {
      aborted.push_back({transaction.producer_id, transaction.first_offset});
    }
  }
  if (outcome.diverging_epoch) {
    partition.diverging_epoch = {outcome.diverging_epoch->epoch,
                                 outcome.diverging_epoch->end_offset};
  }
  partition.preferred_read_replica = outcome.preferred_replica;
  if (outcome.slice.size_bytes > 0) partition.records.rest.emplace_back(std::move(outcome.slice));
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
  bool has_more_to_say = partition.error_code != ErrorCode::kNone ||
                         partition.diverging_epoch.epoch >= 0 ||
                         partition.preferred_read_replica != protocol::kNoBroker;
  base::MutexLock lock(session_->mutex());
  bool changed =
      session_->tell(partitions_[index], partition.records.size_bytes() > 0, has_more_to_say,
                     partition.high_watermark, partition.log_start_offset);
  return changed || !is_incremental_;
}

void FetchAnswer::suit(FetchResponse::Partition& partition, const log::LogOptions& options,
                       std::size_t index, std::int16_t version) {
  if (options.compression == protocol::CompressionType::kZstd && version < kFirstVersionWithZstd) {
    partition = refusal(partition.partition_index, ErrorCode::kUnsupportedCompressionType);
    return;
  }
  // What the topic is to hold stands for what it holds, as upstream: looking into the batches of
  // every answer would cost more than it brings.
  const std::int8_t magic = newest_magic_of(version);
  if (options.record_magic <= magic) return;
  if (!options.down_conversion && !is_follower_) {
    partition = refusal(partition.partition_index, ErrorCode::kUnsupportedVersion);
    return;
  }
  if (!partition.records.rest.empty()) convert(partition, index, magic);
}

void FetchAnswer::convert(FetchResponse::Partition& partition, std::size_t index,
                          std::int8_t magic) {
  const SessionPartition& asked = partitions_[index];
  auto& slice = std::get<protocol::FileSlice>(partition.records.rest.front());
  auto converted = log::ConvertedSlice::open({.slice = std::move(slice),
                                              .magic = magic,
                                              .first_offset = asked.fetch_offset,
                                              .keep_first = !keeps_a_first_batch_});
  keeps_a_first_batch_ = true;
  partition.records.rest.clear();
  if (converted) {
    partition.records.rest.emplace_back(std::move(*converted));
    return;
  }
  LOG_IF(WARNING, protocol::code_of(converted.error()) != ErrorCode::kUnsupportedCompressionType)
      << "partition " << asked.topic << "-" << asked.partition << ": offset " << asked.fetch_offset
      << " cannot be given to a client that reads formats up to " << int{magic} << ": "
      << converted.error().message;
  partition = refusal(partition.partition_index, protocol::code_of(converted.error()));
}

FetchResponse FetchAnswer::build(std::vector<ReadOutcome> outcomes, std::int16_t version,
                                 const std::string& listener,
                                 const metadata::MetadataImage& image) {
  FetchResponse response;
  if (session_ != nullptr) response.session_id = session_->id();
  std::set<protocol::BrokerId> leaders;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const SessionPartition& asked = partitions_[i];
    FetchResponse::Partition partition = partition_of(asked, outcomes[i]);
    if (!must_list(i, partition)) continue;
    if (outcomes[i].options != nullptr) suit(partition, *outcomes[i].options, i, version);
    // Older clients would not try again.
    if (partition.error_code == ErrorCode::kKafkaStorageError &&
        version < kFirstVersionWithStorageErrors) {
      partition.error_code = ErrorCode::kNotLeaderOrFollower;
    }
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
