// ControlledShutdown (key 7): a broker that wants to stop asks the controller to take its leaders
// away.
#include <utility>

#include "server/api/apis.h"
#include "server/controller/controller.h"

namespace odradek::api {

void controlled_shutdown(Services& services, RequestContext context,
                         protocol::ControlledShutdownRequest request) {
  SharedContext shared = share(std::move(context));
  services.controller.submit(
      controller::ControlledShutdownRequest{.broker_id = request.broker_id,
                                            .broker_epoch = request.broker_epoch},
      [shared](controller::ControlledShutdownAnswer answer) {
        protocol::ControlledShutdownResponse response;
        if (answer) {
          for (auto& partition : *answer) {
            response.remaining_partitions.push_back(
                {std::move(partition.topic), partition.partition});
          }
        } else {
          response.error_code = protocol::code_of(answer.error());
        }
        shared->reply(response);
      });
}

}  // namespace odradek::api
