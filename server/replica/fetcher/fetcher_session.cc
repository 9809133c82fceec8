#include "server/replica/fetcher/fetcher_session.h"

#include <limits>
#include <utility>

#include "protocol/errors.h"
#include "server/replica/fetch_sessions.h"

namespace odradek::replica {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

}  // namespace

void FetcherSession::begin_anew(std::int32_t id) {
  id_ = id;
  epoch_ = 0;
}

void FetcherSession::add(FetchRequest& request, const WantedPartition& wanted) const {
  bool is_same = !request.topics.empty() && request.topics.back().topic == wanted.partition.topic &&
                 request.topics.back().topic_id == wanted.topic_id;
  if (!is_same) {
    auto& topic = request.topics.emplace_back();
    topic.topic = wanted.partition.topic;
    topic.topic_id = wanted.topic_id;
  }
  auto& partition = request.topics.back().partitions.emplace_back();
  partition.partition = wanted.partition.partition;
  partition.current_leader_epoch = wanted.leader_epoch;
  partition.fetch_offset = wanted.offset;
  partition.last_fetched_epoch = wanted.last_fetched_epoch;
  partition.log_start_offset = wanted.log_start_offset;
  partition.partition_max_bytes = partition_max_bytes_;
}

void FetcherSession::forget(FetchRequest& request, const WantedPartition& known) const {
  auto& forgotten = request.forgotten_topics_data;
  bool is_same = !forgotten.empty() && forgotten.back().topic == known.partition.topic &&
                 forgotten.back().topic_id == known.topic_id;
  if (!is_same) {
    auto& topic = forgotten.emplace_back();
    topic.topic = known.partition.topic;
    topic.topic_id = known.topic_id;
  }
  forgotten.back().partitions.push_back(known.partition.partition);
}

std::optional<FetchRequest> FetcherSession::next(const std::vector<WantedPartition>& wanted,
                                                 bool with_topic_ids) {
  if (with_topic_ids != with_topic_ids_) begin_anew(id_);
  with_topic_ids_ = with_topic_ids;
  FetchRequest request;
  request.session_id = id_;
  request.session_epoch = epoch_;
  Known before = std::exchange(known_, {});
  names_.clear();
  for (const WantedPartition& partition : wanted) {
    auto old = before.find(partition.partition);
    bool is_known = is_incremental() && old != before.end();
    bool is_replaced = is_known && old->second.topic_id != partition.topic_id;
    if (is_replaced) forget(request, old->second);
    if (!is_known || is_replaced || old->second != partition) add(request, partition);
    if (old != before.end()) before.erase(old);
    known_[partition.partition] = partition;
    names_[partition.topic_id] = partition.partition.topic;
  }
  if (is_incremental()) {
    for (const auto& [name, old] : before) forget(request, old);
  }
  if (known_.empty() && request.forgotten_topics_data.empty()) return std::nullopt;
  return request;
}

const WantedPartition* FetcherSession::find(const protocol::TopicPartition& partition) const {
  auto known = known_.find(partition);
  return known == known_.end() ? nullptr : &known->second;
}

std::string FetcherSession::name_of(const FetchResponse::Topic& topic) const {
  if (topic.topic_id.is_zero()) return topic.topic;
  auto known = names_.find(topic.topic_id);
  return known == names_.end() ? std::string() : known->second;
}

bool FetcherSession::lists_only_known(const FetchResponse& response, std::size_t& listed) const {
  for (const auto& topic : response.responses) {
    std::string name = name_of(topic);
    for (const auto& partition : topic.partitions) {
      if (!known_.contains({name, partition.partition_index})) return false;
      ++listed;
    }
  }
  return true;
}

bool FetcherSession::answered(const FetchResponse& response) {
  if (response.error_code != ErrorCode::kNone) {
    bool is_gone = response.error_code == ErrorCode::kFetchSessionIdNotFound;
    begin_anew(is_gone ? kNoSession : id_);
    return false;
  }
  std::size_t listed = 0;
  bool is_ours = lists_only_known(response, listed);
  if (!is_incremental()) {
    is_ours = is_ours && listed == known_.size();
    begin_anew(is_ours ? response.session_id : kNoSession);
    if (is_ours && id_ != kNoSession) epoch_ = 1;
    return is_ours;
  }
  if (!is_ours) {
    begin_anew(id_);
  } else if (response.session_id == kNoSession) {
    begin_anew(kNoSession);  // pushed out by others
  } else {
    epoch_ = epoch_ == std::numeric_limits<std::int32_t>::max() ? 1 : epoch_ + 1;
  }
  return is_ours;
}

}  // namespace odradek::replica
