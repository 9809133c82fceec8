// Fetch (key 1): finds file ranges for a consumer or a follower, waits until there is enough, and
// answers with them.
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "server/api/apis.h"
#include "server/api/fetch_answer.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/fetch_sessions.h"
#include "server/replica/read.h"

namespace odradek::api {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;
using replica::FetchSessionPtr;
using replica::SessionPartition;

constexpr std::int16_t kFirstVersionWithSessions = 7;
constexpr std::int16_t kFirstVersionWithTopicIds = 13;
constexpr std::int16_t kFirstVersionWithMaxBytes = 3;
constexpr std::int16_t kFirstVersionWithRacks = 11;
constexpr std::int16_t kFirstVersionWithReplicaState = 15;
constexpr std::string_view kRackAwareSelector =
    "org.apache.kafka.common.replica.RackAwareReplicaSelector";

void reply_error(RequestContext& context, ErrorCode error) {
  FetchResponse response;
  response.error_code = error;
  context.reply(response);
}

std::vector<SessionPartition> partitions_of(const FetchRequest& request,
                                            const metadata::MetadataImage& image) {
  std::vector<SessionPartition> partitions;
  for (const auto& topic : request.topics) {
    std::string name = topic.topic;
    if (!topic.topic_id.is_zero()) {
      const metadata::TopicInfo* known = image.topic(topic.topic_id);
      name = known == nullptr ? "" : known->name;
    }
    for (const auto& partition : topic.partitions) {
      partitions.push_back({.topic = name,
                            .topic_id = topic.topic_id,
                            .partition = partition.partition,
                            .fetch_offset = partition.fetch_offset,
                            .max_bytes = partition.partition_max_bytes,
                            .current_leader_epoch = partition.current_leader_epoch,
                            .last_fetched_epoch = partition.last_fetched_epoch,
                            .follower_log_start_offset = partition.log_start_offset});
    }
  }
  return partitions;
}

std::vector<SessionPartition> forgotten_by(const FetchRequest& request) {
  std::vector<SessionPartition> partitions;
  for (const auto& topic : request.forgotten_topics_data) {
    for (std::int32_t partition : topic.partitions) {
      partitions.push_back(
          {.topic = topic.topic, .topic_id = topic.topic_id, .partition = partition});
    }
  }
  return partitions;
}

// Topics that were unknown when the session learnt them may be known by now, and the other way
// round.
void resolve_names(std::vector<SessionPartition>& partitions,
                   const metadata::MetadataImage& image) {
  for (SessionPartition& partition : partitions) {
    if (partition.topic_id.is_zero()) continue;
    const metadata::TopicInfo* known = image.topic(partition.topic_id);
    partition.topic = known == nullptr ? "" : known->name;
  }
}

// What a request means for sessions: the partitions to read, and the session that remembers them.
struct Opened {
  ErrorCode error = ErrorCode::kNone;
  FetchSessionPtr session;      // null: sessionless
  bool is_incremental = false;  // then only changes are answered
  std::vector<SessionPartition> partitions;
};

Opened continue_session(const FetchRequest& request, std::int16_t version,
                        replica::FetchSessions& sessions, const metadata::MetadataImage& image) {
  Opened opened{.is_incremental = true};
  opened.session = sessions.find(request.session_id);
  if (opened.session == nullptr) return {.error = ErrorCode::kFetchSessionIdNotFound};
  if (opened.session->uses_topic_ids() != (version >= kFirstVersionWithTopicIds)) {
    return {.error = ErrorCode::kFetchSessionTopicIdError};
  }
  base::MutexLock lock(opened.session->mutex());
  if (request.session_epoch != opened.session->next_epoch()) {
    return {.error = ErrorCode::kInvalidFetchSessionEpoch};
  }
  opened.session->advance_epoch();
  bool has_room =
      sessions.update(*opened.session, partitions_of(request, image), forgotten_by(request));
  if (!has_room) return {.error = ErrorCode::kFetchSessionIdNotFound};
  opened.partitions = opened.session->partitions();
  resolve_names(opened.partitions, image);
  return opened;
}

Opened open(const FetchRequest& request, std::int16_t version, bool is_follower,
            replica::FetchSessions& sessions, const metadata::MetadataImage& image) {
  if (version < kFirstVersionWithSessions) return {.partitions = partitions_of(request, image)};
  bool wants_session = request.session_epoch == replica::kInitialEpoch;
  if (!wants_session && request.session_epoch != replica::kFinalEpoch) {
    return continue_session(request, version, sessions, image);
  }
  if (request.session_id != replica::kNoSession) sessions.close(request.session_id);
  Opened opened{.partitions = partitions_of(request, image)};
  if (!wants_session) return opened;
  opened.session =
      sessions.open(is_follower, version >= kFirstVersionWithTopicIds, opened.partitions);
  return opened;
}

replica::ReadRequest read_request(const FetchRequest& request, std::int16_t version,
                                  const config::BrokerConfig& config,
                                  const std::vector<SessionPartition>& partitions) {
  replica::ReadRequest read;
  bool tells_state = version >= kFirstVersionWithReplicaState;
  read.replica_id = tells_state ? request.replica_state.replica_id : request.replica_id;
  if (tells_state) read.replica_epoch = request.replica_state.replica_epoch;
  read.must_lead = read.replica_id >= 0 || version < kFirstVersionWithRacks;
  bool is_sent_near = !read.must_lead && !request.rack_id.empty() &&
                      config.replica_selector_class == kRackAwareSelector;
  if (is_sent_near) read.rack = request.rack_id;
  read.max_wait_ms = request.max_wait_ms;
  read.max_bytes = std::min(request.max_bytes, config.fetch_max_bytes);
  read.min_bytes = std::min(request.min_bytes, read.max_bytes);
  read.hard_max_bytes = version < kFirstVersionWithMaxBytes;
  read.tells_options = version < FetchAnswer::kFirstVersionWithZstd;
  read.read_committed = request.isolation_level == 1;
  for (const SessionPartition& partition : partitions) {
    replica::ReadEntry entry{.partition = {partition.topic, partition.partition},
                             .fetch_offset = partition.fetch_offset,
                             .max_bytes = partition.max_bytes,
                             .current_leader_epoch = partition.current_leader_epoch,
                             .last_fetched_epoch = partition.last_fetched_epoch,
                             .follower_log_start_offset = partition.follower_log_start_offset};
    if (partition.topic.empty()) {
      entry.known_error = partition.topic_id.is_zero() ? ErrorCode::kUnknownTopicOrPartition
                                                       : ErrorCode::kUnknownTopicId;
    }
    read.entries.push_back(std::move(entry));
  }
  return read;
}

}  // namespace

void fetch(Services& services, RequestContext context, FetchRequest request) {
  std::int16_t version = context.version();
  auto image = services.metadata.image();
  bool tells_state = version >= kFirstVersionWithReplicaState;
  bool is_follower = (tells_state ? request.replica_state.replica_id : request.replica_id) >= 0;
  Opened opened = open(request, version, is_follower, services.fetch_sessions, *image);
  if (opened.error != ErrorCode::kNone) return reply_error(context, opened.error);
  replica::ReadRequest read = read_request(request, version, *services.config(), opened.partitions);
  auto answer = std::make_shared<FetchAnswer>(
      std::move(opened.partitions), std::move(opened.session), opened.is_incremental, is_follower);
  SharedContext shared = share(std::move(context));
  services.reads.fetch(
      std::move(read), [&services, shared, answer](std::vector<replica::ReadOutcome> outcomes) {
        shared->reply(answer->build(std::move(outcomes), shared->version(), shared->listener(),
                                    *services.metadata.image()));
      });
}

}  // namespace odradek::api
