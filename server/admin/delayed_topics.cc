#include "server/admin/delayed_topics.h"

#include <utility>

namespace odradek::admin {

DelayedTopics::DelayedTopics(std::int64_t timeout_ms, std::vector<std::string> topics,
                             const metadata::MetadataCache& metadata, IsSettled is_settled,
                             std::function<void(std::vector<std::string>)> callback)
    : DelayedOperation(timeout_ms),
      topics_(std::move(topics)),
      metadata_(metadata),
      is_settled_(std::move(is_settled)),
      callback_(std::move(callback)) {}

std::vector<std::string> DelayedTopics::unsettled() const {
  auto image = metadata_.image();
  std::vector<std::string> unsettled;
  for (const std::string& topic : topics_) {
    if (!is_settled_(*image, topic)) unsettled.push_back(topic);
  }
  return unsettled;
}

}  // namespace odradek::admin
