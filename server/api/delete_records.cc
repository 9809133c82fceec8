// DeleteRecords (key 21): raises the start of partitions led here, so that older records may go.
#include <utility>

#include "server/admin/topic_names.h"
#include "server/api/apis.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/record_deletions.h"

namespace odradek::api {
namespace {

using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;

constexpr std::int64_t kNoLowWatermark = -1;

ErrorCode refusal(const metadata::MetadataImage& image, const protocol::TopicPartition& partition) {
  if (image.partition(partition) == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  if (admin::is_internal_topic(partition.topic)) return ErrorCode::kInvalidTopicException;
  return ErrorCode::kNone;
}

// The answer, and where in it each of the entries stands.
struct Plan {
  DeleteRecordsResponse response;
  std::vector<replica::DeletionEntry> entries;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // topic and partition
};

Plan plan(const DeleteRecordsRequest& request, const metadata::MetadataImage& image) {
  Plan plan;
  for (const auto& topic : request.topics) {
    auto& answer = plan.response.topics.emplace_back();
    answer.name = topic.name;
    for (const auto& asked : topic.partitions) {
      protocol::TopicPartition partition{topic.name, asked.partition_index};
      ErrorCode refused = refusal(image, partition);
      answer.partitions.push_back({asked.partition_index, kNoLowWatermark, refused});
      if (refused != ErrorCode::kNone) continue;
      plan.entries.push_back({std::move(partition), asked.offset});
      plan.places.emplace_back(plan.response.topics.size() - 1, answer.partitions.size() - 1);
    }
  }
  return plan;
}

}  // namespace

void delete_records(Services& services, RequestContext context, DeleteRecordsRequest request) {
  auto planned = std::make_shared<Plan>(plan(request, *services.metadata.image()));
  SharedContext shared = share(std::move(context));
  services.record_deletions.delete_records(
      planned->entries, request.timeout_ms,
      [shared, planned](const std::vector<replica::DeletionOutcome>& outcomes) {
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
          auto [topic, partition] = planned->places[i];
          auto& answer = planned->response.topics[topic].partitions[partition];
          answer.low_watermark = outcomes[i].low_watermark;
          answer.error_code = outcomes[i].error;
        }
        shared->reply(planned->response);
      });
}

}  // namespace odradek::api
