#include "server/admin/delayed_topics.h"

#include <algorithm>
#include <utility>

namespace odradek::admin {
namespace {

bool is_led(const metadata::TopicInfo* topic) {
  return topic != nullptr &&
         std::all_of(topic->partitions.begin(), topic->partitions.end(),
                     [](const auto& entry) { return entry.second.leader >= 0; });
}

}  // namespace

DelayedTopics::DelayedTopics(std::int64_t timeout_ms, std::vector<std::string> topics,
                             const metadata::MetadataCache& metadata, Until until,
                             std::function<void(std::vector<std::string>)> callback)
    : DelayedOperation(timeout_ms),
      topics_(std::move(topics)),
      metadata_(metadata),
      until_(until),
      callback_(std::move(callback)) {}

std::vector<std::string> DelayedTopics::unsettled() const {
  auto image = metadata_.image();
  std::vector<std::string> unsettled;
  for (const std::string& name : topics_) {
    const metadata::TopicInfo* topic = image->topic(name);
    bool is_settled = until_ == Until::kGone ? topic == nullptr : is_led(topic);
    if (!is_settled) unsettled.push_back(name);
  }
  return unsettled;
}

}  // namespace odradek::admin
