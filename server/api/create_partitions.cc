// CreatePartitions (key 37): the controller's broker writes topics with more partitions into
// ZooKeeper and waits until they have leaders.
#include <map>
#include <utility>

#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;

admin::MorePartitions wanted_of(CreatePartitionsRequest::Topic& asked) {
  admin::MorePartitions wanted{
      .topic = asked.name, .count = asked.count, .assignment = std::nullopt};
  if (!asked.assignments) return wanted;
  wanted.assignment.emplace();
  for (auto& assignment : *asked.assignments) {
    wanted.assignment->push_back(std::move(assignment.broker_ids));
  }
  return wanted;
}

CreatePartitionsResponse::Topic result_of(std::string name, const base::Status& status) {
  CreatePartitionsResponse::Topic result{
      .name = std::move(name), .error_code = ErrorCode::kNone, .error_message = std::nullopt};
  if (status) return result;
  result.error_code = protocol::code_of(status.error());
  if (!status.error().message.empty()) result.error_message = status.error().message;
  return result;
}

base::Error not_controller() { return base::Error(ErrorCode::kNotController, ""); }

}  // namespace

void create_partitions(Services& services, RequestContext context,
                       CreatePartitionsRequest request) {
  auto response = std::make_shared<CreatePartitionsResponse>();
  std::map<std::string, int> mentions;
  for (const auto& topic : request.topics) ++mentions[topic.name];
  std::map<std::string, std::size_t> answered;
  std::map<std::string, std::int32_t> awaited;
  const bool is_controller = services.controller.is_active();
  for (auto& topic : request.topics) {
    if (!answered.emplace(topic.name, response->results.size()).second) continue;
    base::Status added = not_controller();
    if (is_controller && mentions[topic.name] > 1) {
      added = base::Error(ErrorCode::kInvalidRequest, "Duplicate topic in request.");
    } else if (is_controller) {
      added = services.topics.add_partitions(wanted_of(topic), request.validate_only);
    }
    response->results.push_back(result_of(topic.name, added));
    if (added) awaited[topic.name] = topic.count;
  }
  if (awaited.empty() || request.validate_only) return context.reply(*response);
  SharedContext shared = share(std::move(context));
  services.topics.wait_until_led(
      awaited, request.timeout_ms,
      [shared, response, answered](const std::vector<std::string>& late) {
        for (const std::string& name : late) {
          response->results[answered.at(name)].error_code = ErrorCode::kRequestTimedOut;
        }
        shared->reply(*response);
      });
}

}  // namespace odradek::api
