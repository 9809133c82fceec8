// OffsetDelete (key 47): a group forgets offsets of topics that it does not read now.
#include <utility>
#include <vector>

#include "server/api/apis.h"
#include "server/api/partition_answers.h"
#include "server/group/group_removal.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

struct Deletion {
  PartitionAnswers<OffsetDeleteResponse> answers;
  std::vector<protocol::TopicPartition> partitions;  // one for each place
};

Deletion plan_deletion(const Services& services, const OffsetDeleteRequest& request) {
  Deletion deletion;
  auto image = services.metadata.image();
  for (const auto& topic : request.topics) {
    deletion.answers.begin_topic(topic.name);
    for (const auto& partition : topic.partitions) {
      protocol::TopicPartition name{topic.name, partition.partition_index};
      if (deletion.answers.add(*image, name)) deletion.partitions.push_back(std::move(name));
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
        OffsetDeleteResponse& response = planned->answers.response;
        response.error_code = error;
        if (error == ErrorCode::kNone) {
          planned->answers.settle(errors);
        } else {
          response.topics.clear();
        }
        shared->reply(response);
      });
}

}  // namespace odradek::api
