// DeleteTopics (key 20): marks topics in ZooKeeper for the controller to delete and waits until
// they are gone.
#include <map>
#include <utility>

#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/controller/controller.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;

constexpr std::int16_t kFirstVersionWithDisabled = 3;  // knows TOPIC_DELETION_DISABLED
constexpr std::int16_t kFirstVersionWithIds = 6;

// Marks the topic; without an error its deletion has begun.
DeleteTopicsResponse::Topic answer_for(Services& services, const metadata::MetadataImage& image,
                                       const DeleteTopicsRequest::Topic& asked,
                                       std::int16_t version) {
  DeleteTopicsResponse::Topic answer;
  answer.name = asked.name;
  answer.topic_id = asked.topic_id;
  answer.error_message.reset();
  const metadata::TopicInfo* known =
      asked.name ? image.topic(*asked.name) : image.topic(asked.topic_id);
  if (!services.controller.is_active()) {
    answer.error_code = ErrorCode::kNotController;
  } else if (!services.config()->delete_topic_enable) {
    answer.error_code = version < kFirstVersionWithDisabled ? ErrorCode::kInvalidRequest
                                                            : ErrorCode::kTopicDeletionDisabled;
  } else if (asked.name && !asked.topic_id.is_zero()) {
    answer.error_code = ErrorCode::kInvalidRequest;
  } else if (known == nullptr) {
    answer.error_code =
        asked.name ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kUnknownTopicId;
  } else {
    answer.name = known->name;
    base::Status removed = services.topics.remove(known->name);
    if (!removed) answer.error_code = protocol::code_of(removed.error());
  }
  return answer;
}

}  // namespace

void delete_topics(Services& services, RequestContext context, DeleteTopicsRequest request) {
  const std::int16_t version = context.version();
  if (version < kFirstVersionWithIds) {
    for (std::string& name : request.topic_names) {
      request.topics.push_back({.name = std::move(name), .topic_id = {}});
    }
  }
  auto image = services.metadata.image();
  auto response = std::make_shared<DeleteTopicsResponse>();
  std::map<std::string, std::size_t> places;
  std::vector<std::string> marked;
  for (const auto& asked : request.topics) {
    response->responses.push_back(answer_for(services, *image, asked, version));
    const auto& answer = response->responses.back();
    if (answer.error_code != ErrorCode::kNone || places.contains(*answer.name)) continue;
    places[*answer.name] = response->responses.size() - 1;
    marked.push_back(*answer.name);
  }
  if (marked.empty()) return context.reply(*response);
  SharedContext shared = share(std::move(context));
  services.topics.wait_until_gone(std::move(marked), request.timeout_ms,
                                  [shared, response, places](const std::vector<std::string>& late) {
                                    for (const std::string& name : late) {
                                      response->responses[places.at(name)].error_code =
                                          ErrorCode::kRequestTimedOut;
                                    }
                                    shared->reply(*response);
                                  });
}

}  // namespace odradek::api
