// DescribeCluster (key 60): brokers, controller and cluster id.
#include "server/api/apis.h"
#include "server/api/operations.h"
#include "server/metadata/metadata_cache.h"

namespace odradek::api {
namespace {

constexpr std::int8_t kBrokers = 1;

}  // namespace

void describe_cluster(Services& services, RequestContext context,
                      protocol::DescribeClusterRequest request) {
  protocol::DescribeClusterResponse response;
  response.cluster_id = services.cluster_id;
  response.endpoint_type = request.endpoint_type;
  if (request.endpoint_type != kBrokers) {
    response.error_code = ErrorCode::kMismatchedEndpointType;
    response.error_message =
        "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type "
        "CONTROLLER";
    return context.reply(response);
  }
  auto image = services.metadata.image();
  if (image->is_alive(image->controller_id)) response.controller_id = image->controller_id;
  for (const auto& [id, broker] : image->brokers) {
    const metadata::BrokerEndpoint* endpoint = broker.endpoint(context.listener());
    if (endpoint == nullptr) continue;
    response.brokers.push_back(
        {.broker_id = id, .host = endpoint->host, .port = endpoint->port, .rack = broker.rack});
  }
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kAllClusterOperations;
  }
  context.reply(response);
}

}  // namespace odradek::api
