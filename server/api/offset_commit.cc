// OffsetCommit (key 8): acknowledged when ZooKeeper has the offsets.
#include <utility>

#include "server/api/apis.h"
#include "server/group/coordinator.h"
#include "server/group/offset_store.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;

// Answer and offsets; `places` says where in the answer each offset stands.
struct Plan {
  OffsetCommitResponse response;
  std::vector<group::OffsetToCommit> offsets;
  std::vector<std::pair<std::size_t, std::size_t>> places;
};

ErrorCode refusal(const Services& services, const metadata::MetadataImage& image,
                  const std::string& topic, const OffsetCommitRequest::Partition& partition) {
  if (image.partition({topic, partition.partition_index}) == nullptr) {
    return ErrorCode::kUnknownTopicOrPartition;
  }
  auto limit = static_cast<std::size_t>(services.config->offset_metadata_max_bytes);
  bool is_too_large = partition.committed_metadata && partition.committed_metadata->size() > limit;
  return is_too_large ? ErrorCode::kOffsetMetadataTooLarge : ErrorCode::kNone;
}

Plan plan(const Services& services, const OffsetCommitRequest& request, std::int16_t version,
          ErrorCode group_error) {
  Plan plan;
  auto image = services.metadata.image();
  for (const auto& topic : request.topics) {
    auto& answer = plan.response.topics.emplace_back();
    answer.name = topic.name;
    for (const auto& partition : topic.partitions) {
      ErrorCode error = group_error != ErrorCode::kNone
                            ? group_error
                            : refusal(services, *image, topic.name, partition);
      answer.partitions.push_back({partition.partition_index, error});
      if (error != ErrorCode::kNone) continue;
      // Version 0 is the old consumers': its metadata was never kept.
      std::string metadata = version == 0 ? "" : partition.committed_metadata.value_or("");
      plan.offsets.push_back({{topic.name, partition.partition_index},
                              {.offset = partition.committed_offset,
                               .leader_epoch = partition.committed_leader_epoch,
                               .metadata = std::move(metadata)}});
      plan.places.emplace_back(plan.response.topics.size() - 1, answer.partitions.size() - 1);
    }
  }
  return plan;
}

// Version 0 goes to any broker and knows no members.
ErrorCode check_group(Services& services, const OffsetCommitRequest& request,
                      std::int16_t version) {
  if (version == 0) return ErrorCode::kNone;
  if (request.group_id.empty()) return ErrorCode::kInvalidGroupId;
  return services.groups.check_commit({.group_id = request.group_id,
                                       .generation = request.generation_id_or_member_epoch,
                                       .member_id = request.member_id,
                                       .instance_id = request.group_instance_id});
}

}  // namespace

void offset_commit(Services& services, RequestContext context, OffsetCommitRequest request) {
  ErrorCode group_error = check_group(services, request, context.version());
  auto planned = std::make_shared<Plan>(plan(services, request, context.version(), group_error));
  if (planned->offsets.empty()) return context.reply(planned->response);
  SharedContext shared = share(std::move(context));
  services.offsets.commit(request.group_id, std::move(planned->offsets),
                          [shared, planned](const std::vector<ErrorCode>& errors) {
                            for (std::size_t i = 0; i < errors.size(); ++i) {
                              auto [topic, partition] = planned->places[i];
                              planned->response.topics[topic].partitions[partition].error_code =
                                  errors[i];
                            }
                            shared->reply(planned->response);
                          });
}

}  // namespace odradek::api
