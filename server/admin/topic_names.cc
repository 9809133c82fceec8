#include "server/admin/topic_names.h"

#include <algorithm>
#include <cstddef>

#include "protocol/errors.h"

namespace odradek::admin {
namespace {

constexpr std::size_t kMaxLength =
    249;  // leaves room for "-<partition>.<uuid>-delete" in a file name

bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::string metric_name(std::string_view topic) {
  std::string name(topic);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

}  // namespace

bool is_internal_topic(std::string_view topic) {
  return topic == kConsumerOffsetsTopic || topic == kTransactionStateTopic;
}

base::Status check_topic_name(std::string_view topic) {
  auto refuse = [](const std::string& why) {
    return base::Error(protocol::ErrorCode::kInvalidTopicException,
                       "Topic name is invalid: " + why);
  };
  if (topic.empty()) return refuse("the empty string is not allowed");
  if (topic == "." || topic == "..") return refuse("'" + std::string(topic) + "' is not allowed");
  if (topic.size() > kMaxLength) {
    return refuse("the length of '" + std::string(topic) +
                  "' is longer than the max allowed length " + std::to_string(kMaxLength));
  }
  if (!std::all_of(topic.begin(), topic.end(), is_legal)) {
    return refuse("'" + std::string(topic) +
                  "' contains one or more characters other than ASCII alphanumerics, '.', '_' and "
                  "'-'");
  }
  return {};
}

std::string colliding_topic(std::string_view topic, const std::vector<std::string>& existing) {
  std::string wanted = metric_name(topic);
  for (const std::string& name : existing) {
    if (name != topic && metric_name(name) == wanted) return name;
  }
  return "";
}

}  // namespace odradek::admin
