// OffsetDelete (key 47): a group forgets offsets of topics that it does not read now.
#include <utility>
#include <vector>

#include "server/api/apis.h"
#include "server/group/group_removal.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

// Answer and partitions; `places` says where in the answer each partition stands.
struct Deletion {
  OffsetDeleteResponse response;
  std::vector<protocol::TopicPartition> partitions;
  std::vector<std::pair<std::size_t, std::size_t>> places;
};

Deletion plan_deletion(const Services& services, const OffsetDeleteRequest& request) {
  Deletion deletion;
  auto image = services.metadata.image();
  for (const auto& topic : request.topics) {
    auto& answer = deletion.response.topics.emplace_back();
    answer.name = topic.name;
    for (const auto& partition : topic.partitions) {
      protocol::TopicPartition name{topic.name, partition.partition_index};
      bool exists = image->partition(name) != nullptr;
      answer.partitions.push_back(
          {partition.partition_index,
           exists ? ErrorCode::kNone : ErrorCode::kUnknownTopicOrPartition});
      if (!exists) continue;
      deletion.partitions.push_back(std::move(name));
      deletion.places.emplace_back(deletion.response.topics.size() - 1,
                                   answer.partitions.size() - 1);
    }
  }
  return deletion;
}

}  // namespace

void offset_delete(Services& services, RequestContext context, OffsetDeleteRequest request) {
  auto planned = std::make_shared<Deletion>(plan_deletion(services, request));
  std::vector<protocol::TopicPartition> partitions = std::move(planned->partitions);
  SharedContext shared = share(std::move(context));
  services.group_removal.remove_offsets(
      request.group_id, std::move(partitions),
      [shared, planned](ErrorCode error, const std::vector<ErrorCode>& errors) {
        OffsetDeleteResponse& response = planned->response;
        response.error_code = error;
        if (error != ErrorCode::kNone) response.topics.clear();
        for (std::size_t i = 0; i < errors.size(); ++i) {
          auto [topic, partition] = planned->places[i];
          response.topics[topic].partitions[partition].error_code = errors[i];
        }
        shared->reply(response);
      });
}

}  // namespace odradek::api
