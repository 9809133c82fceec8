// Produce (key 0): appends to the partitions led here and answers when enough replicas have it.
#include <set>
#include <utility>

#include "server/admin/topic_names.h"
#include "server/api/apis.h"
#include "server/api/leader_hints.h"
#include "server/metadata/metadata_cache.h"
#include "server/replica/append.h"

namespace odradek::api {
namespace {

using protocol::ProduceRequest;
using protocol::ProduceResponse;

constexpr std::int16_t kFirstVersionWithHints = 10;

// The request as the replica layer takes it, and where each of its entries stands in the answer.
struct Plan {
  replica::AppendRequest append;
  ProduceResponse response;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // topic and partition in the response
};

ErrorCode refusal(const ProduceRequest& request, const std::string& topic) {
  if (request.acks < -1 || request.acks > 1) return ErrorCode::kInvalidRequiredAcks;
  // Transactions are not coordinated here, so nobody may write as part of one.
  if (request.transactional_id) return ErrorCode::kInvalidTxnState;
  if (admin::is_internal_topic(topic)) return ErrorCode::kInvalidTopicException;
  return ErrorCode::kNone;
}

Plan plan(const ProduceRequest& request, std::int16_t version) {
  Plan plan;
  plan.append.acks = request.acks;
  plan.append.timeout_ms = request.timeout_ms;
  plan.append.spec.produce_version = version;
  for (const auto& topic : request.topic_data) {
    ErrorCode refused = refusal(request, topic.name);
    auto& answer = plan.response.responses.emplace_back();
    answer.name = topic.name;
    for (const auto& partition : topic.partition_data) {
      answer.partition_responses.push_back(
          {.index = partition.index, .error_code = refused, .base_offset = -1});
      if (refused != ErrorCode::kNone) continue;
      plan.append.entries.push_back({{topic.name, partition.index}, partition.records.bytes});
      plan.places.emplace_back(plan.response.responses.size() - 1,
                               answer.partition_responses.size() - 1);
    }
  }
  return plan;
}

void fill(ProduceResponse::Partition& partition, replica::AppendOutcome outcome) {
  partition.error_code = outcome.error;
  partition.log_start_offset = outcome.info.log_start_offset;
  if (outcome.error == ErrorCode::kNone) {
    partition.base_offset = outcome.info.first_offset;
    partition.log_append_time_ms = outcome.info.log_append_time_ms;
    return;
  }
  if (!outcome.message.empty()) partition.error_message = std::move(outcome.message);
  for (auto& error : outcome.record_errors) {
    partition.record_errors.push_back({error.index, std::move(error.message)});
  }
}

bool has_error(const ProduceResponse& response) {
  for (const auto& topic : response.responses) {
    for (const auto& partition : topic.partition_responses) {
      if (partition.error_code != ErrorCode::kNone) return true;
    }
  }
  return false;
}

void add_hints(const Services& services, const RequestContext& context, ProduceResponse& response) {
  if (context.version() < kFirstVersionWithHints || !has_error(response)) return;
  auto image = services.metadata.image();
  std::set<protocol::BrokerId> leaders;
  for (auto& topic : response.responses) {
    for (auto& partition : topic.partition_responses) {
      if (partition.error_code != ErrorCode::kNotLeaderOrFollower) continue;
      hint_leader(*image, {topic.name, partition.index}, partition, leaders);
    }
  }
  add_endpoints(*image, context.listener(), leaders, response);
}

void answer(const Services& services, RequestContext& context, std::int16_t acks,
            ProduceResponse& response) {
  if (acks != 0) {
    add_hints(services, context, response);
    context.reply(response);
  } else if (has_error(response)) {
    context.close("a Produce with acks=0 failed, and closing is the only way to tell");
  } else {
    context.reply_nothing();
  }
}

}  // namespace

void produce(Services& services, RequestContext context, ProduceRequest request) {
  auto planned = std::make_shared<Plan>(plan(request, context.version()));
  if (planned->append.entries.empty()) {
    return answer(services, context, request.acks, planned->response);
  }
  SharedContext shared = share(std::move(context));
  services.appends.append(
      planned->append, [&services, shared, planned](std::vector<replica::AppendOutcome> outcomes) {
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
          auto [topic, partition] = planned->places[i];
          fill(planned->response.responses[topic].partition_responses[partition],
               std::move(outcomes[i]));
        }
        answer(services, *shared, planned->append.acks, planned->response);
      });
}

}  // namespace odradek::api
