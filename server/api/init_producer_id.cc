// InitProducerId (key 22): an id for an idempotent producer.
#include "base/log.h"
#include "server/api/apis.h"
#include "server/transaction/producer_ids.h"

namespace odradek::api {

void init_producer_id(Services& services, RequestContext context,
                      protocol::InitProducerIdRequest request) {
  protocol::InitProducerIdResponse response;
  response.producer_epoch = -1;
  if (request.transactional_id) {
    // Empty is no id; any other would need a transaction coordinator, which FindCoordinator
    // refuses.
    response.error_code =
        request.transactional_id->empty() ? ErrorCode::kInvalidRequest : ErrorCode::kNotCoordinator;
    return context.reply(response);
  }
  auto id = services.producer_ids.next();
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

}  // namespace odradek::api
