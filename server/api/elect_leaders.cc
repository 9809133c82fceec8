// ElectLeaders (key 43): the controller elects preferred leaders, or any leaders at the price of
// records; answered when this broker's metadata shows them.
#include <map>
#include <set>
#include <utility>

#include "server/admin/topics.h"
#include "server/api/apis.h"
#include "server/controller/controller.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::TopicPartition;

std::set<TopicPartition> partitions_of(const Services& services,
                                       const ElectLeadersRequest& request) {
  std::set<TopicPartition> partitions;
  if (request.topic_partitions) {
    for (const auto& topic : *request.topic_partitions) {
      for (std::int32_t index : topic.partitions) partitions.insert({topic.topic, index});
    }
    return partitions;
  }
  auto image = services.metadata.image();
  for (const auto& [name, topic] : image->topics) {
    for (const auto& [index, partition] : topic->partitions) partitions.insert({name, index});
  }
  return partitions;
}

// A request for all partitions is answered with those that there was something to do for.
ElectLeadersResponse response_of(const controller::ElectLeadersAnswer& answer, bool asked_for_all) {
  ElectLeadersResponse response;
  for (const auto& [id, result] : answer.partitions) {
    if (asked_for_all && result.error == ErrorCode::kElectionNotNeeded) continue;
    if (response.replica_election_results.empty() ||
        response.replica_election_results.back().topic != id.topic) {
      response.replica_election_results.push_back({.topic = id.topic, .partition_result = {}});
    }
    auto& partition = response.replica_election_results.back().partition_result.emplace_back();
    partition.partition_id = id.partition;
    partition.error_code = result.error;
    partition.error_message.reset();
    if (!result.message.empty()) partition.error_message = result.message;
  }
  return response;
}

// Whether the metadata shows every leader that was elected for the topic.
bool shows(const metadata::MetadataImage& image, const std::string& topic,
           const controller::ElectLeadersAnswer& answer) {
  for (auto it = answer.partitions.lower_bound({topic, 0});
       it != answer.partitions.end() && it->first.topic == topic; ++it) {
    if (it->second.error != ErrorCode::kNone) continue;
    const metadata::PartitionInfo* known = image.partition(it->first);
    if (known == nullptr || known->leader != it->second.leader) return false;
  }
  return true;
}

std::vector<std::string> topics_with_elections(const controller::ElectLeadersAnswer& answer) {
  std::set<std::string> topics;
  for (const auto& [id, result] : answer.partitions) {
    if (result.error == ErrorCode::kNone) topics.insert(id.topic);
  }
  return {topics.begin(), topics.end()};
}

struct Election {
  SharedContext context;
  bool asked_for_all = false;
  std::int64_t deadline_ms = 0;
};

void answer_when_shown(Services& services, const Election& election,
                       controller::ElectLeadersAnswer elected) {
  auto answer = std::make_shared<controller::ElectLeadersAnswer>(std::move(elected));
  std::vector<std::string> topics = topics_with_elections(*answer);
  if (topics.empty()) {
    election.context->reply(response_of(*answer, election.asked_for_all));
    return;
  }
  const std::int64_t left_ms = election.deadline_ms - services.clock.monotonic_ms();
  services.topics.wait_until(
      [answer](const metadata::MetadataImage& image, const std::string& topic) {
        return shows(image, topic, *answer);
      },
      std::move(topics), std::max<std::int64_t>(left_ms, 0),
      [&services, election, answer](const std::vector<std::string>& late) {
        controller::ElectLeadersAnswer settled = *answer;
        auto image = services.metadata.image();
        for (auto& [id, result] : settled.partitions) {
          if (result.error != ErrorCode::kNone || late.empty()) continue;
          const metadata::PartitionInfo* known = image->partition(id);
          if (known != nullptr && known->leader == result.leader) continue;
          result.error = ErrorCode::kRequestTimedOut;
        }
        election.context->reply(response_of(settled, election.asked_for_all));
      });
}

}  // namespace

void elect_leaders(Services& services, RequestContext context, ElectLeadersRequest request) {
  const Election election{.context = share(std::move(context)),
                          .asked_for_all = !request.topic_partitions,
                          .deadline_ms = services.clock.monotonic_ms() + request.timeout_ms};
  std::set<TopicPartition> partitions = partitions_of(services, request);
  controller::ElectLeadersRequest asked{
      .type = static_cast<controller::ElectionType>(request.election_type),
      .partitions = partitions};
  services.controller.submit(std::move(asked),
                             [&services, election, partitions = std::move(partitions)](
                                 controller::ElectLeadersAnswer answer) {
                               // Whoever is not the controller says so of each partition, as
                               // upstream.
                               if (answer.error != ErrorCode::kNone) {
                                 for (const TopicPartition& id : partitions) {
                                   answer.partitions[id] = {.error = answer.error, .message = ""};
                                 }
                               }
                               answer_when_shown(services, election, std::move(answer));
                             });
}

}  // namespace odradek::api
