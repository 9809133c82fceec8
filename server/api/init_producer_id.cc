// InitProducerId (key 22): an id for an idempotent producer.
#include "base/log.h"
#include "server/api/apis.h"
#include "server/api/zookeeper_lane.h"
#include "server/transaction/producer_ids.h"

namespace odradek::api {
namespace {

void answer(RequestContext& context, const base::Result<std::int64_t>& id) {
  protocol::InitProducerIdResponse response;
  response.producer_epoch = -1;
  if (id) {
    response.producer_id = *id;
    response.producer_epoch = 0;
  } else {
    LOG(WARNING) << "no producer id for " << context.connection().describe() << ": "
                 << id.error().message;
    response.error_code = ErrorCode::kCoordinatorLoadInProgress;  // retried by every client
  }
  context.reply(response);
}

}  // namespace

void init_producer_id(Services& services, RequestContext context,
                      protocol::InitProducerIdRequest request) {
  if (request.transactional_id) {
    protocol::InitProducerIdResponse response;
    response.producer_epoch = -1;
    // Empty is no id; any other would need a transaction coordinator, which FindCoordinator
    // refuses.
    response.error_code =
        request.transactional_id->empty() ? ErrorCode::kInvalidRequest : ErrorCode::kNotCoordinator;
    return context.reply(response);
  }
  if (auto at_hand = services.producer_ids.next_at_hand()) return answer(context, *at_hand);
  SharedContext shared = share(std::move(context));
  services.zookeeper_lane.run(
      shared, [&services, shared] { answer(*shared, services.producer_ids.next()); });
}

}  // namespace odradek::api
