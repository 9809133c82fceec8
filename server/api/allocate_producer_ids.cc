// AllocateProducerIds (key 67): the controller gives a broker a block of producer ids.
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {

void allocate_producer_ids(Services& services, RequestContext context,
                           protocol::AllocateProducerIdsRequest request) {
  SharedContext shared = share(std::move(context));
  services.controller.submit(controller::ProducerIdsRequest{.broker_id = request.broker_id,
                                                            .broker_epoch = request.broker_epoch},
                             [shared](controller::ProducerIdsAnswer answer) {
                               protocol::AllocateProducerIdsResponse response;
                               if (answer) {
                                 response.producer_id_start = answer->first;
                                 response.producer_id_len = answer->length;
                               } else {
                                 response.error_code = protocol::code_of(answer.error());
                               }
                               shared->reply(response);
                             });
}

}  // namespace odradek::api
